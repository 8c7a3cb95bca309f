"""What a delivery has as it was, and what it lacks of its own reach: both need what was staged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Column, Connection, MetaData, Table, Text, select

from gis.change_delivery import NAMED, count_unchanged, find_undelivered
from gis.change_report import Undelivered
from gis.editions import commit
from gis.models import DATASETS
from gis.registry import Registry

GRIDS = DATASETS["grids"]
SCOPE = ("county", "street")


@contextmanager
def staged(registry: Registry, codes: list[str]) -> Iterator[tuple[Connection, Table]]:
    """Hold codes in a temporary table, as an import does while it is being written."""
    stage = Table("stage", MetaData(), Column("code", Text, primary_key=True), prefixes=["TEMPORARY"])
    with registry.begin() as connection:
        stage.create(connection)
        connection.execute(stage.insert(), [{"code": code} for code in codes])
        yield connection, stage
        stage.drop(connection)


@pytest.fixture
def filled(registry: Registry, grid_frame: Callable[..., object]) -> Registry:
    """Fill a registry with eight grids of one street, two of another, two of none."""
    frame = grid_frame(12)
    frame["street"] = ["500113001"] * 8 + ["500113002"] * 2 + [None] * 2
    commit(registry, "grids", frame)
    frame.loc[:1, "name"] = "新"
    commit(registry, "grids", frame.iloc[:3])
    return registry


def codes(*numbers: int) -> list[str]:
    return [f"500113001{number:06d}" for number in numbers]


def test_what_an_edition_left_alone_is_unchanged(filled: Registry) -> None:
    with staged(filled, codes(0, 1, 2)) as (connection, stage):
        assert count_unchanged(connection, GRIDS, stage, 2) == 1


def test_only_what_lies_in_the_reach_of_the_delivery_is_lacking(filled: Registry) -> None:
    with staged(filled, codes(0, 1, 11)) as (connection, stage):
        assert find_undelivered(connection, GRIDS, stage, SCOPE) == (
            Undelivered({"county": "500113", "street": "500113001"}, 6, tuple(codes(2, 3, 4, 5, 6))),
        )
    assert NAMED == 5


def test_each_scope_has_its_own_count(filled: Registry) -> None:
    with staged(filled, codes(*range(7), 9)) as (connection, stage):
        found = find_undelivered(connection, GRIDS, stage, SCOPE)
    assert [(one.scope["street"], one.count, one.first) for one in found] == [
        ("500113001", 1, tuple(codes(7))),
        ("500113002", 1, tuple(codes(8))),
    ]
    assert found[0].to_dict() == {
        "county": "500113",
        "street": "500113001",
        "name": None,
        "count": 1,
        "first": codes(7),
    }


def test_a_complete_delivery_lacks_nothing(filled: Registry) -> None:
    with filled.connect() as connection:
        everything = select(GRIDS.live.c.code).subquery()
        assert find_undelivered(connection, GRIDS, everything, SCOPE) == ()
