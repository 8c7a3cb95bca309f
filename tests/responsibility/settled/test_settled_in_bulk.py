"""What is settled decides rows answered as columns as it decides questions asked one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import numpy as np
import pandas
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import commit
from gis.registry import Registry, open_registry
from responsibility import rows
from responsibility.duty_answers import Said, record_answer
from responsibility.duty_subject import Subject, frame_of
from responsibility.model import Kind
from responsibility.precedents import Ruling, add_precedent
from responsibility.resolver import Resolver

MOMENT = "2126-11-20T09:30:00+08:00"
COVER, SECOND, NOBODYS = "5001990101000001", "5001990101000002", "5001990101000005"
ASKED = st.tuples(
    st.integers(-5, 400),
    st.integers(0, 100),
    st.sampled_from(["0101", "0102", "0123", "01", "井盖"]),
    st.sampled_from(["component", "matter"]),
    st.sampled_from(["0", "5", "40"]),
)
CLASSES = {"class_column": "class", "kind_column": "kind", "accuracy_column": "accuracy"}


@pytest.fixture(scope="module")
def resolver(blank_url: Callable[[], str], town: SimpleNamespace) -> Iterator[Resolver]:
    """Return a town where much is settled, on each database in turn."""
    entries = [
        {"component_id": SECOND, "owner_code": "CLEAN", "evidence_date": "20260101"},
        {"component_id": NOBODYS, "ownership": "disputed"},
        {"code": "Z1", "classes": '["0101"]', "maintainer_code": "AUTH", "geometry": town.cells(2, 3)},
        {"code": "Z2", "builder_code": "BUILD", "handover": "在建", "handover_date": "21270101",
         "geometry": shapely.Point(*town.xy(3.5)), "radius_m": 30.0},
    ]  # fmt: skip
    places = [
        Subject(lon=town.xy(1.2)[0], lat=town.xy(1.2)[1], radius_m=40, classes=("井盖",)),
        Subject(lon=town.xy(1.6)[0], lat=town.xy(1.6)[1], radius_m=60, classes=("01",)),
        Subject(lon=town.xy(0.5)[0], lat=town.xy(0.5)[1], radius_m=60, classes=("0101",), kind=Kind.MATTER),
    ]
    with open_registry(blank_url()) as registry:
        _settle(town.build(registry), entries, places)
        yield Resolver(registry, preload=True)


def _settle(registry: Registry, entries: list[dict[str, object]], places: list[Subject]) -> None:
    listed = [{"code": entry.get("component_id"), **entry} for entry in entries]
    commit(registry, "facilities", frame_of("facilities", listed))
    for day, unit, subject in zip(
        (20250101, 20250601, 20250601), ("BUILD", "CLEAN", "AUTH"), places, strict=True
    ):
        add_precedent(registry, Ruling(subject, unit, "纪要", str(day)))
    for component in (COVER, SECOND):
        add_precedent(registry, Ruling(Subject(component_id=component), "BUILD", "纪要", "20250601"))
    record_answer(registry, Said(Subject(component_id=COVER), "MAINT", "declines", "已移交", "20250601"))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(ASKED, min_size=1, max_size=60))
def test_rows_in_bulk_are_decided_as_one_by_one(resolver, town, asked) -> None:
    table = pandas.DataFrame(
        [town.xy(column / 100, row / 100) for column, row, *_ in asked], columns=["lon", "lat"]
    )
    for place, name in enumerate(("class", "kind", "accuracy"), start=2):
        table[name] = pandas.Series([one[place] for one in asked], dtype="str")
    answered = []
    for least in (10**9, 0):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(rows, "BULK", least)
            answered.append(resolver.resolve_frame(table, **CLASSES, as_of=MOMENT, at=MOMENT))
    one_by_one, in_bulk = answered
    pandas.testing.assert_frame_equal(pandas.DataFrame(one_by_one), pandas.DataFrame(in_bulk))


def test_everything_that_is_settled_decides_somewhere(resolver, town) -> None:
    columns = np.arange(0, 400)
    table = pandas.DataFrame([town.xy(column / 100) for column in columns], columns=["lon", "lat"])
    told = set()
    for kind in ("component", "matter"):
        answers = resolver.resolve_frame(
            table.assign(**{"class": "0101", "kind": kind, "accuracy": "5"}),
            **CLASSES,
            as_of=MOMENT,
            at=MOMENT,
        )
        told |= set(answers["reason_code"])
    expected = {"precedent.settled", "facility.maintainer", "facility.owner", "facility.handover"}
    assert expected - told == set()
