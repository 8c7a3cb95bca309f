"""Components surveyed twice are found, and nothing else, however many stand on one spot."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from components.imports import prepare_components
from components.same_objects import _near_pairs
from gis.metres import LocalMetres
from tests.conftest import Deliveries

LAMPS = {"class_code": "0137", "initial_date": "20200101"}
SPOT = (106.5, 29.4)
POSITIONS = st.lists(
    st.tuples(st.integers(-8, 8), st.integers(-8, 8)).map(lambda xy: (0.3 * xy[0], 0.3 * xy[1])), min_size=1
)


@given(places=POSITIONS, reach=st.sampled_from([0.5, 1.0]))
@settings(deadline=None, max_examples=60)
def test_a_point_is_found_when_an_earlier_one_is_within_reach(
    places: list[tuple[float, float]], reach: float
) -> None:
    points = shapely.points(places)
    pairs = dict(_near_pairs(points, reach))
    near = shapely.distance(points[:, None], points[None, :]) <= reach
    assert set(pairs) == {at for at in range(len(points)) if near[at, :at].any()}
    assert all(other < at and near[at, other] for at, other in pairs.items())


def test_a_heap_on_one_spot_takes_no_memory_for_its_pairs() -> None:
    heap = shapely.points(np.tile(np.array([[10.0, 10.0]]), (3_000, 1)))
    tracemalloc.start()
    pairs = _near_pairs(heap, 1.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert pairs == [(at, 0) for at in range(1, 3_000)]
    assert peak < 5_000_000


def test_a_row_is_told_once_of_the_nearest_component_of_its_class(deliveries: Deliveries) -> None:
    known = [(0.0, 0.0), (0.3, 0.0), (0.9, 0.0)]
    rows = [LAMPS | {"id": f"500113013700000{n}"} for n in (1, 2, 3)]
    deliveries.load(prepare_components, deliveries.layer(rows, _spots(known)), standard="2013", partial=True)
    again = [LAMPS | {"id": "5001130137000009"}, LAMPS | {"id": "5001130137000010"}]
    prepared = deliveries.prepare(
        prepare_components, deliveries.layer(again, _spots([(0.35, 0.0), (40.0, 0.0)])), standard="2013"
    )
    twice = [finding for finding in prepared.report.findings if finding.code == "C14"]
    assert [finding.row for finding in twice] == [1]
    assert "5001130137000002" in str(twice[0].message)


def _spots(metres: Sequence[tuple[float, float]]) -> list[shapely.Point]:
    local = LocalMetres.around(np.array([shapely.Point(SPOT)], dtype=object))
    origin = shapely.get_coordinates(local.forward(np.array([shapely.Point(SPOT)], dtype=object)))[0]
    return list(local.inverse(shapely.points(np.array(metres) + origin)))


def lamps(deliveries: Deliveries, name: str, places: Sequence[shapely.Point], first: int | None = None):
    rows = [{**LAMPS, "ObjName": "路灯"} for _ in places]
    for number, one in enumerate(rows):
        one["ObjID"] = None if first is None else f"5001130137{first + number:06d}"
    return deliveries.layer(rows, places, name)


def in_a_line(count: int, north: float = 0.0) -> list[shapely.Point]:
    return [shapely.Point(106.5 + 0.001 * n, 29.4 + north) for n in range(count)]


def near(deliveries: Deliveries, *layers: object):
    prepared = deliveries.prepare(prepare_components, *layers, standard="2013")
    findings = [finding for finding in prepared.report.findings if finding.code == "C14"]
    assert sum(finding.count for finding in findings) == prepared.report.by_code().get("C14", 0)
    return findings


def test_a_list_in_two_formats_is_told_once(deliveries: Deliveries) -> None:
    places = in_a_line(25)
    first, second = lamps(deliveries, "路灯.geojson", places), lamps(deliveries, "路灯.shp", places)
    (twice,) = near(deliveries, first, second)
    assert (twice.count, twice.layer, twice.row) == (25, "路灯.shp", None)


def test_a_few_components_on_those_of_another_file_are_told_one_by_one(deliveries: Deliveries) -> None:
    places = in_a_line(40)
    some = [*places[:20], *in_a_line(20, north=0.01)]
    findings = near(deliveries, lamps(deliveries, "a.shp", places), lamps(deliveries, "b.shp", some))
    assert [finding.row for finding in findings] == list(range(1, 21))


def test_a_list_without_identifiers_that_comes_again_is_told_once(deliveries: Deliveries) -> None:
    places = in_a_line(25)
    deliveries.load(prepare_components, lamps(deliveries, "a.shp", places, first=1), standard="2013")
    assert near(deliveries, lamps(deliveries, "a.shp", places, first=1)) == []
    (known,) = near(deliveries, lamps(deliveries, "b.shp", places, first=1001))
    assert (known.count, known.layer, known.row) == (25, "b.shp", None)
