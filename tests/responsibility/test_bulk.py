"""Many rows answered as columns get the answers of asking one by one."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace as Town
from typing import Any

import numpy as np
import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.registry import Registry
from gis.text import language
from responsibility import rows
from responsibility.components_near import DECIDING
from responsibility.proximity import rounded
from responsibility.records import Component
from responsibility.resolver import Resolver

MOMENT = "2126-11-20T09:30:00+08:00"
CLASSES = ["", "0101", "0102", "0103", "0123", "0201", "01", "井盖", "nonsense"]
PARAMS = {"class_column": "class", "kind_column": "kind", "accuracy_column": "accuracy"}
ASKED = st.tuples(
    st.integers(-10, 620),
    st.integers(-10, 110),
    st.sampled_from(CLASSES),
    st.sampled_from(["component", "matter"]),
    st.sampled_from(["0", "0.5", "5", "40", "9000"]),
)
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="session")
def kept(full_city: Registry) -> Resolver:
    return Resolver(full_city, preload=True)


@pytest.fixture
def always_in_bulk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(rows, "BULK", 0)
    return


def asked_in(town: Town, asked: list[Any]) -> pandas.DataFrame:
    places = [town.xy(column / 100, row / 100) for column, row, *_ in asked]
    table = pandas.DataFrame(places, columns=["lon", "lat"])
    for place, name in enumerate(("class", "kind", "accuracy"), start=2):
        table[name] = pandas.Series([one[place] for one in asked], dtype="str")
    return table


def both_ways(resolver: Resolver, table: pandas.DataFrame, **params: Any) -> list[pandas.DataFrame]:
    """Answer one by one and in bulk."""
    params = PARAMS | {"as_of": MOMENT, "at": MOMENT} | params
    answered = []
    for least in (10**9, 0):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(rows, "BULK", least)
            answered.append(resolver.resolve_frame(table, **params))
    return answered


def same(answered: list[pandas.DataFrame]) -> None:
    one_by_one, in_bulk = answered
    pandas.testing.assert_frame_equal(pandas.DataFrame(one_by_one), pandas.DataFrame(in_bulk))


@few
@given(st.lists(ASKED, min_size=1, max_size=60))
def test_the_answers_are_those_of_asking_one_by_one(kept: Resolver, town: Town, asked: list[Any]) -> None:
    same(both_ways(kept, asked_in(town, asked)))


def test_everywhere_in_a_town_with_all_there_is(kept: Resolver, town: Town) -> None:
    random = np.random.default_rng(5)
    asked = [
        (int(column), int(row), CLASSES[kind], ("component", "matter")[kind % 2], accuracy)
        for column, row, kind, accuracy in zip(
            random.integers(-10, 620, 3000),
            random.integers(-10, 110, 3000),
            random.integers(0, len(CLASSES), 3000),
            random.choice(["0", "5", "30"], 3000),
            strict=True,
        )
    ]
    answered = both_ways(kept, asked_in(town, asked))
    same(answered)
    told = answered[1]
    assert set(told["location_status"].dropna()) == {
        "inside", "near_boundary", "gap_snapped", "overlap", "outside",
    }  # fmt: skip
    assert {"decided", "not_ours", "pending_ownership", "undecided", "fallback"} <= set(
        told["decision"].dropna()
    )


def test_in_the_language_asked_for(kept: Resolver, town: Town) -> None:
    table = asked_in(town, [(50, 50, "0101", "component", "5")])
    with language("en"):
        same(both_ways(kept, table))
    same(both_ways(kept, table))


@pytest.mark.usefixtures("always_in_bulk")
def test_a_registry_without_unit_grids_is_answered_one_by_one(own_city: Registry, town: Town) -> None:
    town.build(own_city, "divisions")
    answered = Resolver(own_city).resolve_frame(asked_in(town, [(50, 50, "0101", "component", "5")]))
    assert answered["county"].tolist() == ["500199"]


def test_everything_of_a_record_but_its_identity_decides() -> None:
    told = {name if name == "class_code" else name.split("_")[0] for name in DECIDING}
    # Removed ones are not looked for; the last change is asked where something is settled; the rest is told.
    assert told | {"id", "name", "state", "edition", "changed"} == set(Component.__dataclass_fields__)


@given(st.lists(st.floats(0, 1e4), max_size=50))
def test_rounding_is_that_of_python(metres: list[float]) -> None:
    metres = [*metres, 1.005, 2.675, 0.125, 0.145]
    assert rounded(np.array(metres)).tolist() == [round(one, 2) for one in metres]
