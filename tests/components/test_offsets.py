"""A delivery that moves what the registry knows by one vector."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from components.imports import prepare_components
from components.offsets import FEWEST, LEAST_M, MOST, SAME_M, common_offset
from components.plane import METRES_PER_DEGREE
from gis.gcj import ChinaShift, from_shifted, to_shifted

LON, LAT = 106.5, 29.4
EAST = METRES_PER_DEGREE * np.cos(np.radians(LAT))


def places(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return places of a city, 20 km across."""
    at = np.arange(n)
    return LON + at % 7 * 0.03, LAT + at * 0.2 / n


def census(deliveries, lon, lat):
    rows = [
        {"ObjID": f"5001130137{n:06d}", "ObjName": "路灯", "DeptCode1": "C", "DeptName1": "城管局"}
        | {"DeptName2": "照明公司", "ObjState": "完好", "ORDate": "20230915"}
        for n in range(1, len(lon) + 1)
    ]
    return deliveries.layer(rows, shapely.points(lon, lat))


def offsets(deliveries, lon, lat):
    prepared = deliveries.prepare(prepare_components, census(deliveries, lon, lat), standard="2013")
    return [finding for finding in prepared.report.findings if finding.code == "C27"]


@pytest.fixture
def known(deliveries):
    """A registry that knows forty lamps."""
    deliveries.load(prepare_components, census(deliveries, *places(40)), standard="2013")
    return deliveries


def test_one_finding_tells_vector_share_and_cause(known) -> None:
    lon, lat = places(40)
    lon[:30] += 65.0 / EAST
    lat[:30] -= 40.0 / METRES_PER_DEGREE
    (found,) = offsets(known, lon, lat)
    assert (found.severity, found.row) == ("warning", None)
    assert all(word in str(found.message) for word in ("75", "40", "-40.00", "64."))
    assert "1980" in str(found.hint)
    assert len(found.geometry.geoms) == 40


@pytest.mark.parametrize("system", list(ChinaShift))
def test_shifts_of_internet_maps_are_named(known, system) -> None:
    (found,) = offsets(known, *to_shifted(system, *places(40)))
    assert f"--crs {system}" in str(found.hint)
    (found,) = offsets(known, *from_shifted(system, *places(40)))
    assert str(system) in str(found.hint)
    assert "--crs" not in str(found.hint)


def test_what_stayed_moved_apart_or_is_not_known_is_no_offset(known) -> None:
    lon, lat = places(40)
    assert offsets(known, lon, lat) == []
    assert offsets(known, lon + np.arange(40) % 5 * 3.0 / EAST, lat) == []
    assert offsets(known, lon + (np.arange(40) < 20) * 3.0 / EAST, lat) == []
    assert offsets(known, lon[: FEWEST - 1] + 3.0 / EAST, lat[: FEWEST - 1]) == []
    assert len(offsets(known, lon[:FEWEST] + 3.0 / EAST, lat[:FEWEST])) == 1


def test_an_empty_registry_knows_nothing_to_compare(deliveries) -> None:
    assert offsets(deliveries, *places(40)) == []


@pytest.mark.parametrize(
    ("east", "north", "word"),
    [
        (0.7, -0.2, "2000.0"),
        (-0.7, 0.2, "2000.0"),
        (0.1, 0.7, "控制网"),
        (3.0, -1.0, "控制网"),
        (9.0, 9.0, "1954"),
    ],
)
def test_length_and_direction_tell_a_cause(east, north, word) -> None:
    lon, lat = places(30)
    offset = common_offset(lon, lat, lon + east / EAST, lat + north / METRES_PER_DEGREE)
    assert word in str(offset.hint)


vectors = st.tuples(st.floats(-5, 5), st.floats(-5, 5))


@given(vectors, st.lists(vectors, max_size=20), st.integers(1, 20))
@settings(deadline=None, max_examples=80)
def test_a_vector_of_most_is_found_whatever_the_others_do(vector, others, alike) -> None:
    every = np.array([vector] * alike + others)
    length = float(np.hypot(*vector))
    assume(alike / len(every) > MOST)
    assume(abs(length - LEAST_M) > 0.01)
    lon, lat = np.full(len(every), LON), np.full(len(every), LAT)
    offset = common_offset(lon, lat, lon + every[:, 0] / EAST, lat + every[:, 1] / METRES_PER_DEGREE)
    if length > LEAST_M + SAME_M:
        assert offset is not None
        assert offset.share >= alike / len(every)
        assert abs(offset.east - vector[0]) < 0.01
        assert abs(offset.north - vector[1]) < 0.01
    elif length < LEAST_M:
        assert offset is None
