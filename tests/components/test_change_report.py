"""The change report of components: classes by name, and what the delivery lacks of its classes."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from sqlalchemy import select

from components.change_report import component_changes
from gis.change_kinds import ChangeKind
from gis.change_things import Value
from gis.change_words import change_lines, class_lines, sides_of
from gis.editions import Edition, commit
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import language

Store = Callable[..., Edition]
LIVE = DATASETS["components"].live
A, B, C, D = "5001130101000001", "5001130101000002", "5001130102000001", "5001140101000001"


def test_classes_are_named_and_re_classed_things_tell_from_what_to_what(
    registry: Registry, store: Store
) -> None:
    store(registry, A, B)
    store(registry, A, class_code=["0102"])
    store(registry, B, class_code=["9999"])
    with registry.connect() as connection:
        report, odd = (component_changes(connection, edition) for edition in (2, 3))
    assert [(one.code, one.name, one.of(ChangeKind.RECLASSED)) for one in report.classes] == [
        ("0102", "污水井盖", 1)
    ]
    [transfer] = report.transfers
    assert (transfer.before, transfer.after) == (
        Value("0101", "上水井盖", "2013"),
        Value("0102", "污水井盖", "2013"),
    )
    assert sides_of(transfer) == ("0101 上水井盖", "0102 污水井盖")
    assert report.things[ChangeKind.RECLASSED][0].transfers == (transfer,)
    assert report.places[0].transfers == (transfer,)
    assert [(one.code, one.name) for one in odd.classes] == [("9999", None)]
    assert list(class_lines(odd)) == ["  9999：类别变更 1"]


def test_the_citys_own_classes_have_their_names(registry: Registry, store: Store) -> None:
    own = {"standard": ["2013"], "kind": ["component"], "code": ["0199"], "name": ["智慧井盖"]}
    commit(registry, "classes", pd.DataFrame(own))
    store(registry, "5001130199000001")
    with registry.connect() as connection:
        assert [one.name for one in component_changes(connection, 2).classes] == ["智慧井盖"]


def test_a_class_of_another_edition_is_told_with_both(registry: Registry, store: Store) -> None:
    store(registry, A)
    store(registry, A, standard="2007")
    with registry.connect() as connection:
        [transfer] = component_changes(connection, 2).transfers
    assert sides_of(transfer) == ("0101 (2013) 上水井盖", "0101 (2007) 上水井盖")


def test_what_the_registry_has_of_the_delivered_classes_is_told(registry: Registry, store: Store) -> None:
    store(registry, A, B, C, D)
    store(registry, A, note=["新"])
    with registry.connect() as connection:
        delivery = select(LIVE.c.id).where(LIVE.c.id == A).subquery()
        report = component_changes(connection, 2, stage=delivery)
        plain = component_changes(connection, 2)
    assert report.undelivered is not None
    assert [(one.scope, one.name, one.count, one.first) for one in report.undelivered] == [
        ({"county": "500113", "standard": "2013", "class_code": "0101"}, "上水井盖", 1, (B,))
    ]
    assert (report.unchanged, plain.unchanged, plain.undelivered) == (0, 0, None)
    assert list(change_lines(report)) == [
        "变更：其他属性变更 1",
        "登记库中有、本次成果接受的行中没有：1 个。未经要求，不作废。",
    ]
    with language("en"):
        assert next(change_lines(report)) == "Changes: 1 with other attributes"
