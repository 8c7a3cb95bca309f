"""Single questions answered from memory get the answers of the general way, where there is every evidence."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import geopandas
import numpy as np
import pytest
import shapely

from gis.editions import commit
from gis.registry import Registry
from responsibility import quick, snapshot
from responsibility.model import Kind, Question, Resolution, Source
from responsibility.quick import Quick
from responsibility.resolver import Resolver

MOMENT = datetime.fromisoformat("2126-11-20T09:30:00+08:00")


def questions(data: SimpleNamespace, town: SimpleNamespace, count: int) -> list[Question]:
    """Ask near components, near the precedent, along edges and outside the town."""
    random = np.random.default_rng(11)
    chosen = random.integers(len(data.components), size=count)
    places = np.array([data.components[place]["at"] for place in chosen], dtype=np.float64)
    places += random.choice([0.0, 0.01, 0.3], (count, 1)) * random.normal(size=(count, 2))
    places[::5] = np.array(data.PRECEDENT[3:5]) + random.normal(0, 0.08, (len(places[::5]), 2))
    places[1::7] = np.round(places[1::7])
    places[2::41] += 50.0
    lon, lat = town.xy(places[:, 0], places[:, 1])
    codes = [data.components[place]["class_code"] for place in chosen]
    kinds = random.choice(["component", "component", "matter"], count)
    accuracies = random.choice([0.0, 5.0, 30.0], count)
    return [
        Question(
            lon=float(lon[at]),
            lat=float(lat[at]),
            source=Source.GPS,
            accuracy_m=float(accuracies[at]),
            class_text=None if at % 23 == 0 else codes[at],
            kind=Kind(kinds[at]),
            standard="2013",
            rule=1 if at % 3 == 0 else None,
            as_of=MOMENT,
            at=MOMENT,
        )
        for at in range(count)
    ]


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Note for every question whether it was answered from memory; components are read at once."""
    noted: list[bool] = []
    answer = Quick.answer

    def noting(self: Quick, *asked: object, **options: object) -> Resolution | None:
        found = answer(self, *asked, **options)  # type: ignore[arg-type]
        noted.append(found is not None)
        return found

    monkeypatch.setattr(snapshot, "OFTEN", 0)
    monkeypatch.setattr(Quick, "answer", noting)
    return noted


@pytest.mark.parametrize("kept", [100_000, 2])
def test_quickly_as_in_general(
    everything: Registry,
    data: SimpleNamespace,
    town: SimpleNamespace,
    quickly: list[bool],
    monkeypatch: pytest.MonkeyPatch,
    kept: int,
) -> None:
    monkeypatch.setattr(quick, "_KEPT", kept)
    asked = questions(data, town, 800)
    expected = [one.to_dict() for one in Resolver(everything).resolve_many(asked)]
    resolver = Resolver(everything, preload=True)
    for _ in range(2):
        assert [resolver.resolve(one).to_dict() for one in asked] == expected
    assert sum(quickly) > len(asked) / 2
    assert not all(quickly)
    assert {True, False} == {"acting" in one["differs_within_accuracy"] for one in expected}


def test_a_new_edition_is_seen_at_once(
    registry: Registry, town: SimpleNamespace, quickly: list[bool]
) -> None:
    town.build(registry, "divisions", "grids")
    resolver = Resolver(registry, preload=True)
    lon, lat = town.xy(0.5, 0.5)
    asked = Question(lon=float(lon), lat=float(lat))
    for _ in range(3):
        assert resolver.resolve(asked).areas == ()
    assert quickly[-1]

    square = shapely.box(lon - 0.001, lat - 0.001, lon + 0.001, lat + 0.001)
    row = {"line": "环卫", "code": "A1", "name": "一段", "in_scope": True}
    commit(registry, "areas", geopandas.GeoDataFrame([row], geometry=[square], crs="EPSG:4490"))

    assert [area.code for area in resolver.resolve(asked).areas] == ["A1"]


def test_data_is_kept_from_the_thousandth_question_on(
    everything: Registry, town: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, quickly: list[bool]
) -> None:
    monkeypatch.setattr("responsibility.resolver.MANY", 3)
    resolver = Resolver(everything)
    lon, lat = town.xy(0.5, 0.5)
    for _ in range(6):
        resolver.resolve(Question(lon=float(lon), lat=float(lat)))
    assert quickly == [True, True]
