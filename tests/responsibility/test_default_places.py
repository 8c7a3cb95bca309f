"""Default coordinates: found, set, and answered with an accuracy of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace as Town
from typing import Any

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from gis.errors import UsageError
from gis.registry import Registry
from responsibility import rows
from responsibility.default_places import DefaultPlace, default_place_at, default_places_at, shared_places
from responsibility.model import Question, Resolution
from responsibility.resolver import Resolver
from responsibility.settings import ResolveSettings, load_settings

MOMENT = datetime.fromisoformat("2126-11-20T09:30:00+08:00")
GEOD = Geod(ellps="GRS80")
OFFICE = {"name": "热线受理中心", "accuracy_m": 150.0}


def with_office(town: Town, column: float = 2.5) -> ResolveSettings:
    lon, lat = town.xy(column)
    return ResolveSettings(default_places=(DefaultPlace(lon=lon, lat=lat, **OFFICE),))  # type: ignore[arg-type]


def ask(registry: Registry, configured: ResolveSettings, **asked: Any) -> Resolution:
    question = Question(**{"class_text": "0103", "as_of": MOMENT, "at": MOMENT, **asked})
    return Resolver(registry, settings=configured).resolve(question)


def test_another_unit_may_act_around_a_default_coordinate(city: Registry, town: Town) -> None:
    lon, lat = town.xy(2.5)

    there = ask(city, with_office(town), lon=lon, lat=lat)
    beside = ask(city, with_office(town), lon=lon + 2e-5, lat=lat)

    assert (there.location.accuracy_m, beside.location.accuracy_m) == (150.0, 5.0)
    assert "acting" in there.differs_within_accuracy
    assert beside.differs_within_accuracy == ()


def test_a_stated_accuracy_does_not_make_it_exact_but_may_make_it_worse(city: Registry, town: Town) -> None:
    lon, lat = town.xy(2.5)

    answers = [
        ask(city, with_office(town), lon=lon, lat=lat, accuracy_m=accuracy) for accuracy in (3.0, 400.0)
    ]

    assert [answer.location.accuracy_m for answer in answers] == [150.0, 400.0]


def test_it_is_recognised_in_any_system(
    city: Registry, town: Town, from_stored: Callable[..., tuple[float, float]]
) -> None:
    x, y = from_stored("GCJ02", *town.xy(2.5))

    assert ask(city, with_office(town), lon=x, lat=y, crs="GCJ02").location.accuracy_m == 150.0
    assert default_place_at(with_office(town).default_places, x, y) is None


@pytest.mark.parametrize("accuracy", ["10", "门牌号", "道路交叉路口", " INTERSECTION", "far away", ""])
def test_many_rows_get_the_answers_of_single_ones(city: Registry, town: Town, accuracy: str) -> None:
    places = [town.xy(column) for column in (2.5, 2.5, 0.5, 2.50001, 3.01, np.nan)]
    table = pandas.DataFrame(places, columns=["lon", "lat"]).assign(near=accuracy)
    resolver = Resolver(city, settings=with_office(town))
    answered = []
    for least in (0, 10**9):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(rows, "BULK", least)
            answered.append(
                resolver.resolve_frame(
                    table,
                    class_="0103",
                    accuracy_column="near",
                    as_of=MOMENT.isoformat(),
                    at=MOMENT.isoformat(),
                )
            )

    pandas.testing.assert_frame_equal(*map(pandas.DataFrame, answered))
    told = answered[0]["differs_within_accuracy"].fillna("").tolist()
    assert ("acting" in told[0]) is (accuracy != "far away")
    assert "acting" not in told[2]


def test_a_kind_of_address_is_an_accuracy(city: Registry, town: Town) -> None:
    lon, lat = town.xy(2.6)
    table = pandas.DataFrame({"lon": lon, "lat": lat, "level": ["门牌号", "道路交叉路口", "45"]})

    told = Resolver(city).resolve_frame(table, class_="0103", accuracy_column="level")

    # 39 m from the other street.
    assert ["acting" in (text or "") for text in told["differs_within_accuracy"].fillna("")] == [
        False, True, True,
    ]  # fmt: skip


def test_places_are_read_from_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "city.toml"
    path.write_text(
        '[resolve]\ndefault_places = [{name = "中心", lon = 106.5, lat = 29}]\n'
        '[resolve.address_accuracy_m]\n"门牌号" = 12\n',
        "utf-8",
    )

    configured = load_settings(path)

    assert configured.default_places == (DefaultPlace("中心", 106.5, 29.0, 500.0, 1.0),)
    assert (configured.address_accuracy_m["门牌号"], configured.address_accuracy_m["道路"]) == (12, 500.0)
    assert configured.hash != ResolveSettings().hash


@pytest.mark.parametrize(
    "place",
    [
        '{name = "x", lon = 106.5}',
        '{name = "", lon = 106.5, lat = 29.4}',
        '{name = 5, lon = 106.5, lat = 29.4}',
        '{name = "x", lon = "106.5", lat = 29.4}',
        '{name = "x", lon = nan, lat = 29.4}',
        '{name = "x", lon = 29.4, lat = 106.5}',
        '{name = "x", lon = 0, lat = 0}',
        '{name = "x", lon = 106.5, lat = 29.4, accuracy_m = 5000}',
        '{name = "x", lon = 106.5, lat = 29.4, radius_m = 600}',
        '{name = "x", lon = 106.5, lat = 29.4, range = 1}',
        '"106.5,29.4"',
    ],
)  # fmt: skip
def test_an_impossible_place_is_refused(tmp_path: Path, place: str) -> None:
    path = tmp_path / "city.toml"
    path.write_text(f"[resolve]\ndefault_places = [{place}]\n", "utf-8")

    with pytest.raises(UsageError) as caught:
        load_settings(path)

    assert caught.value.field == "default_places"


NUMBERS = st.floats(-4e-5, 4e-5)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=4), st.lists(st.tuples(NUMBERS, NUMBERS), max_size=6))
def test_the_nearest_place_within_its_radius_is_found(centres: Any, points: Any) -> None:
    places = [DefaultPlace(str(at), 106.5 + x, 29.4 + y, radius_m=3.0) for at, (x, y) in enumerate(centres)]
    lon, lat = (np.array([base + point[at] for point in points]) for at, base in enumerate((106.5, 29.4)))

    found = default_places_at(places, lon, lat)

    for point, row in enumerate(found.tolist()):
        metres = [GEOD.inv(lon[point], lat[point], place.lon, place.lat)[2] for place in places]
        assert (row < 0) or metres[row] <= min(metres) + 1e-4
        assert (row >= 0) == any(one <= 3.0 for one in metres) or any(abs(one - 3) < 1e-4 for one in metres)


def test_different_addresses_at_one_place_are_told_and_many_reports_of_one_are_not() -> None:
    lon = np.array([1.0, 1.0, 1.0, 2.0, 2.0, 2.0, np.nan, np.nan, 1.0, 3.0])
    texts = [
        "一路1号",
        "二路2号",
        "三路 3 号",
        "四路4号",
        "四路 4号",
        None,
        "五路",
        "六路",
        "三路3号",
        "七路",
    ]

    (found,) = shared_places(lon, lon, texts, least=3)

    assert (found.lon, found.lat, found.texts, found.rows.tolist()) == (1.0, 1.0, 3, [0, 1, 2, 8])
    assert shared_places(lon, lon, texts, least=4) == []
    assert shared_places(np.zeros(0), np.zeros(0), []) == []
