"""One answer whatever the way: cold or kept, alone or among many, point by point or by whole classes."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace as Town
from typing import Any

import pandas
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.registry import Registry
from responsibility import resolver as resolver_module
from responsibility import snapshot
from responsibility.flatten import flatten
from responsibility.model import Kind, Question
from responsibility.resolver import Resolver

MOMENT = datetime.fromisoformat("2126-11-20T09:30:00+08:00")
CLASSES = (None, "0101", "0102", "0103", "0123", "0201", "01", "井盖")
GEOD = pyproj.Geod(ellps="GRS80")

# Whole hundredths of a cell often hit corners, edges, the gap and components exactly.
PLACES = st.tuples(st.integers(-10, 620), st.integers(-10, 110)).map(lambda at: (at[0] / 100, at[1] / 100))
QUESTIONS = st.builds(
    lambda place, kind, asked: (place, {"kind": kind, **asked}),
    PLACES,
    st.sampled_from(list(Kind)),
    st.fixed_dictionaries(
        {
            "accuracy_m": st.sampled_from([0.0, 0.5, 5.0, 40.0]),
            "class_text": st.sampled_from(CLASSES),
            "rule": st.sampled_from([None, 1, 2]),
        }
    ),
)
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def question(town: Town, place: tuple[float, float], asked: dict[str, Any]) -> Question:
    lon, lat = town.xy(*place)
    if asked["kind"] is Kind.MATTER:
        asked = asked | {"class_text": "0101"}
    return Question(lon=lon, lat=lat, as_of=MOMENT, at=MOMENT, **asked)


@pytest.fixture(scope="session")
def kept(full_city: Registry) -> Resolver:
    return Resolver(full_city, preload=True)


@few
@given(st.lists(QUESTIONS, min_size=1, max_size=4))
def test_cold_and_kept_alone_and_together_the_answer_is_the_same(
    full_city: Registry, kept: Resolver, town: Town, asked: list[Any]
) -> None:
    questions = [question(town, *one) for one in asked]
    alone = [Resolver(full_city).resolve(one).to_json() for one in questions]

    assert [answer.to_json() for answer in Resolver(full_city).resolve_many(questions)] == alone
    assert [answer.to_json() for answer in kept.resolve_many(questions)] == alone
    assert [kept.resolve(one).to_json() for one in questions] == alone


@few
@given(st.lists(QUESTIONS, min_size=1, max_size=8))
def test_components_read_by_class_are_those_read_around_each_point(
    full_city: Registry, kept: Resolver, town: Town, asked: list[Any]
) -> None:
    questions = [question(town, *one) for one in asked]
    by_point = [answer.to_json() for answer in kept.resolve_many(questions)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(snapshot, "POINT_BY_POINT", 0)
        patched.setattr(resolver_module, "MANY", 0)
        many = Resolver(full_city)
        by_class = [answer.to_json() for answer in many.resolve_many(questions)]

    assert by_class == by_point


@few
@given(st.lists(QUESTIONS, min_size=1, max_size=5))
def test_a_frame_is_answered_like_its_rows(kept: Resolver, town: Town, asked: list[Any]) -> None:
    questions = [question(town, place, options | {"rule": None}) for place, options in asked]
    frame = pandas.DataFrame(
        {
            "lon": [one.lon for one in questions],
            "lat": [one.lat for one in questions],
            "class": [one.class_text for one in questions],
            "kind": [str(one.kind) for one in questions],
            "m": [one.accuracy_m for one in questions],
        }
    )
    answered = kept.resolve_frame(
        frame,
        class_column="class",
        kind_column="kind",
        accuracy_column="m",
        as_of=MOMENT.isoformat(),
        at=MOMENT.isoformat(),
    )

    lines = kept.line_names()
    for (_, row), one in zip(answered.iterrows(), questions, strict=True):
        expected = flatten(kept.resolve(one), lines)
        assert {name: None if pandas.isna(row[name]) else row[name] for name in expected} == expected


@few
@given(PLACES, st.sampled_from([0.5, 5.0, 40.0]))
def test_grid_and_components_are_those_that_measuring_all_finds(
    city: Registry, town: Town, place: tuple[float, float], accuracy_m: float
) -> None:
    lon, lat = town.xy(*place)
    answer = Resolver(city).resolve(Question(lon=lon, lat=lat, class_text="0101", accuracy_m=accuracy_m))

    grids = town.tables["grids"]()
    point = shapely.Point(lon, lat)
    inside = grids[(grids["state"] == "有效") & grids.geometry.contains_properly(point)]
    if len(inside):
        assert answer.unit_grid is not None
        assert answer.unit_grid.code == min(inside["code"])
    pieces = town.pieces()
    near = pieces[(pieces["class_code"] == "0101") & (pieces["state"] != "移除")]
    metres = [GEOD.inv(lon, lat, other.x, other.y)[2] for other in near.geometry]
    expected = {row for row, distance in zip(near["id"], metres, strict=True) if distance <= accuracy_m + 0.5}
    assert {found.id for found in answer.components} == expected
    assert [found.distance_m for found in answer.components] == sorted(
        round(distance, 2) for distance in metres if distance <= accuracy_m + 0.5
    )
