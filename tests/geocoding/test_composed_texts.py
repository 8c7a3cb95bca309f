"""Composed addresses, and texts like them, are understood: whole texts, directions, crossings, grids."""

from __future__ import annotations

import pytest
import shapely

from geocoding.answers import Match
from geocoding.geocode import geocode
from geocoding.geocode_series import status_of
from geocoding.levels import Level
from gis.registry import Registry
from tests.geocoding.reverse_city import add, at, box, fill, line, point


@pytest.fixture
def city(registry: Registry) -> Registry:
    fill(registry)
    return registry


@pytest.mark.parametrize(
    ("text", "code", "direction"),
    [
        ("云渡区云岚街道尚文大道1号", "D1", None),
        ("云渡区云岚街道尚文大道２號", "D2", None),
        ("云渡区锦屏街道榕屏医院东南", "P1", "东南"),
        ("云渡区锦屏街道榕屏医院", "P1", None),
        ("云渡区锦屏街道尚文大道竹坡小学内", "P2", "内"),
        ("锦屏街道竹坡小学北", "P2", "北"),
    ],
)
def test_whole_texts_are_sure(city: Registry, text: str, code: str, direction: str | None) -> None:
    answers = geocode(city, text)
    assert answers[0].code == code
    assert status_of(answers) == "found"
    assert (answers[0].hint.direction if answers[0].hint else None) == direction


def test_a_text_registered_twice_is_not_sure(city: Registry) -> None:
    row = {"code": "D20", "address": "云渡区云岚街道尚文大道1号", "geometry": point(900, 900)}
    add(city, "addresses", [row])
    answers = geocode(city, row["address"])
    assert {answer.code for answer in answers[:2]} == {"D1", "D20"}
    assert status_of(answers) == "ambiguous"


def test_a_crossing_is_where_the_lines_meet(city: Registry) -> None:
    best = geocode(city, "云渡区云岚街道尚文大道与学府路交叉口")[0]
    assert best.match is Match.CROSSING
    assert (best.lon, best.lat) == pytest.approx(at(500, 500))
    assert best.address == "云渡区云岚街道尚文大道与学府路交叉口"


def test_a_street_that_ends_just_before_another_meets_it(city: Registry) -> None:
    add(city, "streets", [{"code": "S8", "name": "短巷", "geometry": line((800, 499.7), (800, 300))}])
    best = geocode(city, "尚文大道与短巷路口")[0]
    assert (best.lon, best.lat) == pytest.approx(at(800, 499.9), abs=1e-5)


def test_of_crossings_with_one_name_that_in_the_township_counts(city: Registry) -> None:
    add(city, "streets", [{"code": "S9", "name": "学府路", "geometry": line((1500, 0), (1500, 1000))}])
    both = geocode(city, "尚文大道与学府路交叉口")
    assert len(both) == 2
    assert status_of(both) == "ambiguous"
    (one,) = geocode(city, "锦屏街道尚文大道与学府路交叉口")
    assert one.lon == pytest.approx(at(1500, 500)[0])


def test_streets_that_do_not_meet_have_no_crossing(city: Registry) -> None:
    add(city, "streets", [{"code": "S8", "name": "短巷", "geometry": line((800, 300), (800, 200))}])
    assert all(one.match is not Match.CROSSING for one in geocode(city, "尚文大道与短巷交叉口"))


@pytest.mark.parametrize(
    ("text", "code", "east"),
    [
        ("云渡区云岚街道尚文大道古槐社区第1网格", "500113001001001", 250),
        ("尚文大道古槐社区第1网格", "500113001001001", 250),
        ("云渡区云岚街道尚文大道甲片网格", "500113001001002", 750),
        ("云渡区锦屏街道尚文大道单元网格500113002001001", "500113002001001", 1400),
    ],
)
def test_a_street_and_a_grid_are_its_part_in_the_grid(
    city: Registry, text: str, code: str, east: float
) -> None:
    (best,) = geocode(city, text)
    assert (best.code, best.level) == (code, Level.STREET)
    assert (best.lon, best.lat) == pytest.approx(at(east, 500), abs=3e-4)


def test_a_grid_alone_is_a_place_in_it(city: Registry) -> None:
    (best,) = geocode(city, "云渡区云岚街道古槐社区第1网格")
    assert best.level is Level.COMMUNITY
    assert box(0, 0, 500, 1000).contains(shapely.Point(best.lon, best.lat))
    # A street that is nowhere near the grid
    (far,) = geocode(city, "庙巷古槐社区第1网格")
    assert far.level is Level.COMMUNITY


def test_of_grids_with_one_name_those_of_the_divisions_named_count(city: Registry) -> None:
    grid = {"code": "500113002001009", "name": "古槐社区第1网格", "geometry": box(1800, 0, 2000, 400)}
    add(city, "grids", [grid])
    assert len(geocode(city, "古槐社区第1网格")) == 2
    (one,) = geocode(city, "锦屏街道古槐社区第1网格")
    assert one.code == "500113002001009"


@pytest.mark.parametrize("text", ["999999999999999", "网格", "第9网格", "单元网格123"])
def test_grids_that_are_not_there_are_nowhere(city: Registry, text: str) -> None:
    assert all(answer.dataset != "grids" for answer in geocode(city, text))
