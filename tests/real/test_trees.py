"""Street trees of 38 cities: shapefiles without .dbf, feet and degrees, columns of any name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.files import read_layers
from gis.read import read_frame
from tests.real.foreign import Foreign, found, refusals

FOLDER, MAP = "us-la-trees", "street-trees.toml"
LOS_ANGELES = (-119.0, 33.4, -117.4, 34.9)
# Trees, and those at (0, 0) or with the lowest number for none, by reference system.
CITIES = {
    "EPSG:2229": {
        "arcadia": (15684, 2), "bell-gardens": (7127, 0), "diamond-bar": (20147, 0), "downey": (18544, 0),
        "inglewood": (21858, 0), "lancaster": (46763, 0), "santa-clarita": (112453, 0),
        "santa-monica": (35235, 0),
    },
    "EPSG:4269": {
        "bellflower": (8473, 0), "carson": (22585, 0), "cerritos": (31331, 0), "covina": (14697, 0),
        "el-monte": (11617, 0), "la-mirada": (17021, 0), "redondo-beach": (13609, 0),
        "santa-clarita-parks": (16583, 0), "south-pasadena": (11349, 0),
    },
    "WGS 84": {
        "beverly-hills": (26955, 0), "burbank": (7009, 0), "culver-city": (16986, 0), "duarte": (7968, 0),
        "el-segundo": (6495, 4), "la-verne": (11109, 30), "lawndale": (7937, 0), "lomita": (3572, 0),
        "long-beach": (140822, 0), "malibu": (7448, 0), "palmdale": (19816, 0), "paramount": (7857, 0),
        "rancho-palos-verdes": (13584, 0), "san-dimas": (10538, 68), "san-fernando": (9586, 25),
        "san-marino": (9508, 0), "sante-fe-springs": (8771, 0), "south-gate": (20928, 1),
        "temple-city": (9084, 74), "west-hollywood": (9066, 0), "whittier": (27898, 0),
    },
}  # fmt: skip
ALL = {city: (crs, *counts) for crs, cities in CITIES.items() for city, counts in cities.items()}
# As shapefile and as GeoJSON in one archive: everything is there twice.
TWICE = ("downey", "el-segundo", "malibu")
WITHOUT_DBF = ("burbank", "sante-fe-springs", "san-marino", "bellflower")
# Degrees that were taken for metres: all trees stand in Kansas. A longitude without its sign.
ELSEWHERE = {"la-mirada": 17021, "duarte": 1}
SMALL = ("bell-gardens", "lomita", "la-verne", "san-dimas", "temple-city", "south-pasadena", *WITHOUT_DBF)


@pytest.fixture
def trees(foreign: Foreign) -> Foreign:
    """A registry of Los Angeles."""
    foreign.county(*LOS_ANGELES)
    return foreign


def zip_of(city: str) -> str:
    return f"{FOLDER}/{city}.zip"


@pytest.mark.parametrize("city", ALL)
def test_every_tree_of_every_city_is_read_where_it_stands(real_data: Path, city: str) -> None:
    path = real_data / zip_of(city)
    if not path.exists():
        pytest.skip(f"no {path}: set WANGGE_TEST_DATA to a folder that has it")
    crs, trees, nowhere = ALL[city]
    layers = read_layers([path], dataset="components")
    assert [len(layer.frame) for layer in layers] == [trees] * (1 + (city in TWICE))
    for layer in layers:
        assert crs in str(layer.crs_evidence)
        places = layer.frame.geometry.to_numpy()
        west, south, east, north = LOS_ANGELES
        x, y = shapely.get_x(places), shapely.get_y(places)
        inside = (west < x) & (x < east) & (south < y) & (y < north)
        origin = (x == 0) & (y == 0)
        assert (origin | np.isnan(x)).sum() == nowhere
        assert (~inside & ~origin & ~np.isnan(x)).sum() == ELSEWHERE.get(city, 0)


@pytest.mark.parametrize("city", SMALL)
def test_all_trees_are_accepted_but_those_that_stand_nowhere(trees: Foreign, city: str) -> None:
    _, count, nowhere = ALL[city]
    report = trees.check(zip_of(city), map_file=MAP)
    assert (report.checked, report.rejected) == (count, nowhere)
    assert refusals(report) == ({"C15": nowhere} if nowhere else {})
    assert report.by_code().get("C17", 0) == report.accepted
    assert len(found(report, "F10")) == (city in WITHOUT_DBF)


@pytest.mark.parametrize("city", ["lawndale", "west-hollywood"])
def test_numbers_of_the_list_are_no_identifiers_unless_they_are_said_not_to_be(
    trees: Foreign, city: str
) -> None:
    _, count, _ = ALL[city]
    plain = trees.check(zip_of(city), constants={"class_code": "04002"})
    assert (plain.checked, plain.accepted, plain.rejected) == (count, 0, count)
    assert refusals(plain) == {"C01": count}
    mapped = trees.check(zip_of(city), map_file=MAP)
    assert (mapped.accepted, mapped.rejected) == (count, 0)


def test_one_city_in_two_formats_is_told_once(trees: Foreign) -> None:
    report = trees.check(zip_of("el-segundo"), map_file=MAP)
    _, count, nowhere = ALL["el-segundo"]
    assert (report.checked, report.rejected) == (2 * count, 2 * nowhere)
    (twice,) = [finding for finding in found(report, "C14") if str(finding.layer).endswith(".shp")]
    assert twice.count == count - nowhere
    assert ".geojson" in str(twice.message)


def test_cities_in_feet_and_in_degrees_are_one_delivery(trees: Foreign) -> None:
    cities = ["bell-gardens", "el-monte", "lomita"]
    report = trees.load(*(zip_of(city) for city in cities), map_file=MAP)
    assert [file.checked for file in report.files] == [ALL[city][1] for city in cities]
    assert all(ALL[city][0] in str(file.crs) for city, file in zip(cities, report.files, strict=True))
    stored = read_frame(trees.registry, "components")
    assert len(stored) == report.accepted == report.checked
    assert set(stored["county"]) == {"990001"}
    assert set(stored["class_code"]) == {"04002"}
    # The name of the road is not taken for the code of a street.
    assert stored["street"].isna().all()
    assert sum("STREET" in kept for kept in stored["attributes"].dropna()) == ALL["bell-gardens"][1]


def test_a_road_that_was_taken_for_a_street_is_told(trees: Foreign) -> None:
    report = trees.check(zip_of("bell-gardens"), constants={"class_code": "04002"})
    roads = found(report, "C12")
    assert len(roads) == report.accepted == ALL["bell-gardens"][1]
    assert {finding.field for finding in roads} == {"street"}


def test_a_list_without_numbers_that_comes_again_is_told_once(trees: Foreign) -> None:
    first = trees.load(zip_of("lomita"), map_file=MAP)
    again = trees.check(zip_of("lomita"), map_file=MAP)
    assert first.edition is not None
    (known,) = [finding for finding in found(again, "C14") if finding.count > 1]
    assert known.count == again.checked == first.accepted


def test_feet_that_are_declared_degrees_are_refused_whole(trees: Foreign) -> None:
    refused = trees.refusal(zip_of("arcadia"), map_file=MAP, crs="EPSG:4326")
    assert refusals(refused) == {"F12": 1}
    assert "6541431" in str(refused.errors[0].expected)


def test_points_that_hold_the_lowest_number_there_is_stand_nowhere(trees: Foreign) -> None:
    report = trees.check(zip_of("arcadia"), map_file=MAP)
    assert (report.checked, report.rejected) == ALL["arcadia"][1:]
    assert {f.row for f in found(report, "F12")} == {f.row for f in found(report, "C15")} == {3625, 3630}


def test_a_longitude_without_its_sign_is_told(trees: Foreign) -> None:
    report = trees.check(zip_of("duarte"), map_file=MAP)
    assert [finding.row for finding in found(report, "C26")] == [2394]


def test_thousands_within_a_metre_are_told_row_by_row(trees: Foreign) -> None:
    report = trees.check(zip_of("cerritos"), map_file=MAP)
    assert (report.checked, report.rejected) == ALL["cerritos"][1:]
    # 5 976 of them lie within one metre of each other.
    assert len(found(report, "C14")) > 5_000
    assert len({finding.row for finding in found(report, "C14")}) == len(found(report, "C14"))


def test_a_city_that_lies_in_another_state_is_told(trees: Foreign) -> None:
    report = trees.check(zip_of("la-mirada"), map_file=MAP)
    (away,) = found(report, "F12")
    assert (away.severity, away.row) == ("warning", None)
    assert "la-mirada.shp" in str(away.message)
