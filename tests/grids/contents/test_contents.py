"""What stands on the ground of unit grids: buildings that borders cut, components in other grids."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.crs import geodesic_area
from gis.editions import commit
from gis.errors import FileProblem
from gis.importing import ImportContext, ImportOptions
from gis.staging import stage
from grids.contents.components import PLACES_KEPT, check_components
from grids.contents.cuts import LEAST_M2, LEAST_SHARE, find_cuts
from grids.contents.resulting_grids import resulting_grids
from grids.fields import GRID_FIELDS
from grids.imports import prepare_grids

UNIT = 0.001
METRE = UNIT / 97
"""A metre to the east at this latitude, nearly."""
CODES = [f"50011300100100{n}" for n in range(1, 5)]
A, B, C, D = CODES


def box(column: float, width: float = 1, row: float = 0, height: float = 1) -> shapely.Polygon:
    west, south = 106.5 + column * UNIT, 29.4 + row * UNIT
    return shapely.box(west, south, west + width * UNIT, south + height * UNIT)


def at(column: float, row: float = 0.5) -> shapely.Point:
    return shapely.Point(106.5 + column * UNIT, 29.4 + row * UNIT)


def components(*rows: tuple[str, str | None, shapely.Geometry]) -> geopandas.GeoDataFrame:
    frame = pandas.DataFrame([row[:2] for row in rows], columns=["id", "unit_grid"], dtype=object)
    frame = frame.assign(class_code="0101", standard="2013")
    return geopandas.GeoDataFrame(frame, geometry=[row[2] for row in rows], crs=4490)


def grids(deliveries, codes=CODES, shapes=None):
    return deliveries.layer([{"code": code} for code in codes], shapes or [box(n) for n in range(len(codes))])


def of(prepared, code):
    return [finding for finding in prepared.report.findings if finding.code == code]


def check(deliveries, *buildings: shapely.Geometry, folder: Path, codes=CODES):
    path = folder / "房屋.geojson"
    geopandas.GeoDataFrame({"name": range(len(buildings))}, geometry=list(buildings), crs=4490).to_file(path)
    return deliveries.prepare(prepare_grids, grids(deliveries, codes), buildings=(path,))


def test_a_building_on_a_border_is_reported_with_the_part_beyond(deliveries, tmp_path) -> None:
    prepared = check(deliveries, box(0.2, 0.2), box(0.9, 0.3), box(20), folder=tmp_path)
    (finding,) = of(prepared, "G10")
    assert (finding.severity, finding.row, finding.id, finding.value) == ("warning", 2, B, "33%")
    assert finding.layer == "房屋.geojson"
    assert f"67% 在 {B}，33% 在 {A}" in str(finding.message)
    assert finding.geometry.symmetric_difference(box(0.9, 0.1)).area < 1e-15
    assert prepared.report.accepted == 4
    assert any("3 个建筑物" in str(note) for note in prepared.report.notes)


@pytest.mark.parametrize(("beyond_m", "cut"), [(0.005, False), (0.2, False), (0.3, True), (3.0, True)])
def test_a_wall_on_the_border_is_no_cut(deliveries, tmp_path, beyond_m, cut) -> None:
    """Ten metres square: 2 % of it are 0.2 m, and 1 m² is less."""
    building = box(1 - 10 * METRE / UNIT + beyond_m * METRE / UNIT, 10 * METRE / UNIT, 0.4, 0.09)
    assert bool(of(check(deliveries, building, folder=tmp_path), "G10")) is cut


def test_a_building_that_reaches_out_of_the_last_grid_is_cut_too(deliveries, tmp_path) -> None:
    (finding,) = of(check(deliveries, box(-0.5, 1.5), folder=tmp_path), "G10")
    assert "33% 不在任何网格内" in str(finding.message)
    assert finding.id == A


def test_grids_of_the_registry_beside_the_delivery_hold_buildings_too(deliveries, tmp_path) -> None:
    deliveries.load(prepare_grids, grids(deliveries))
    prepared = check(deliveries, box(1.5, 1), folder=tmp_path, codes=[A, B])
    (finding,) = of(prepared, "G10")
    assert f"50% 在 {B}" in str(finding.message)
    assert f"50% 在 {C}" in str(finding.message)


def test_what_is_no_area_is_passed_over_and_damage_refuses_no_grid(deliveries, tmp_path) -> None:
    west, south, east, north = box(0.9, 0.3).bounds
    bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    prepared = check(deliveries, at(0.5), bow, folder=tmp_path)
    assert [finding.row for finding in of(prepared, "G10")] == [2]
    assert prepared.report.rejected == 0
    assert any("1 行不是面" in str(note) for note in prepared.report.notes)


def test_buildings_without_a_system_need_one_declared(deliveries, tmp_path) -> None:
    folder = tmp_path / "shp"
    folder.mkdir()
    frame = geopandas.GeoDataFrame({"n": [1]}, geometry=[box(0.9, 0.3)], crs=4490).to_crs(4524)
    frame.to_file(folder / "fw.shp", encoding="utf-8")
    (folder / "fw.prj").unlink()
    options = {"buildings": (folder / "fw.shp",)}
    with pytest.raises(FileProblem):
        deliveries.prepare(prepare_grids, grids(deliveries), **options)
    declared = deliveries.prepare(prepare_grids, grids(deliveries), crs="EPSG:4524", **options)
    assert len(of(declared, "G10")) == 1


CELLS = [box(column, 1, row, 1) for row in range(3) for column in range(3)]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.floats(-0.5, 3), st.floats(-0.5, 3), st.floats(0.02, 1), st.floats(0.02, 1)), max_size=6
    ),
    st.sets(st.integers(0, 8)),
)
def test_cuts_are_those_of_a_plain_loop(boxes, missing) -> None:
    areas = np.array([*(box(x, width, y, height) for x, y, width, height in boxes), None], dtype=object)[:-1]
    cells = np.array([*(c for n, c in enumerate(CELLS) if n not in missing), None], dtype=object)[:-1]
    found = {cut.area: cut for cut in find_cuts(areas, cells, shapely.STRtree(cells))}
    for number, area in enumerate(areas):
        total = size(area)
        parts = {n: size(area.intersection(cell)) for n, cell in enumerate(cells)}
        touched = any(area.intersects(cell) for cell in cells)
        parts[-1] = size(area.difference(shapely.union_all(cells))) if touched else 0.0
        counting = {n: part for n, part in parts.items() if part > LEAST_M2 and part > LEAST_SHARE * total}
        borderline = any(
            abs(part - LEAST_M2) < 1e-3 or abs(part / total - LEAST_SHARE) < 1e-6 for part in parts.values()
        )
        if borderline:
            continue
        assert (number in found) == (len(counting) > 1)
        if number in found:
            cut = found[number]
            assert set(cut.grids) == set(counting)
            assert dict(zip(cut.grids, cut.shares, strict=True)) == pytest.approx(
                {n: part / total for n, part in counting.items()}, rel=1e-6
            )
            assert size(cut.geometry) == pytest.approx(cut.area_m2, rel=1e-6, abs=1e-3)
            assert cut.area_m2 == pytest.approx(
                sum(counting.values()) - max(counting.values()), rel=1e-6, abs=1e-3
            )


def size(area: shapely.Geometry) -> float:
    return float(geodesic_area(np.array([area], dtype=object))[0])


def test_misplaced_components_are_summed_up_by_grid(deliveries) -> None:
    inside = [(f"I{n}", A, at(0.1 + 0.05 * n)) for n in range(5)]
    moved = [(f"M{n:02d}", A, at(1.2 + 0.01 * n)) for n in range(30)]
    gone = [
        ("G1", B, at(4.5)),
        ("G2", "500113001009999", at(2.5)),
        ("N1", None, at(4.7)),
        ("N2", None, at(0.5)),
    ]
    commit(deliveries.registry, "components", components(*inside, *moved, *gone))
    shapes = [box(0), box(1), box(2), box(3, row=0.5)]
    prepared = deliveries.prepare(prepare_grids, grids(deliveries, shapes=[*shapes[:3], box(3, 2, 1.5)]))
    found = {(f.id, f.expected, f.value): f for f in of(prepared, "G12")}
    assert set(found) == {
        (A, B, "30"),
        (B, None, "1"),
        ("500113001009999", C, "1"),
        (None, None, "1"),
    }
    many = found[A, B, "30"]
    assert "M00, M01, M02, M03, M04, M05, M06, M07, M08, M09 …" in str(many.message)
    assert len(many.geometry.geoms) == 30
    assert many.geometry.geoms[0].equals(at(1.2))
    assert any("39 个部件" in str(note) for note in prepared.report.notes)


@pytest.mark.parametrize(("beyond_m", "reported"), [(0.5, False), (1.5, True)])
def test_a_component_near_its_grid_is_not_misplaced(deliveries, beyond_m, reported) -> None:
    commit(deliveries.registry, "components", components(("K1", A, at(1 + beyond_m * METRE / UNIT))))
    assert bool(of(deliveries.prepare(prepare_grids, grids(deliveries)), "G12")) is reported


def test_a_component_in_a_grid_that_shrank_is_found_although_it_lies_outside_the_delivery(deliveries) -> None:
    deliveries.load(prepare_grids, grids(deliveries, [A], [box(0)]))
    commit(deliveries.registry, "components", components(("K1", A, at(0.9))))
    prepared = deliveries.prepare(prepare_grids, grids(deliveries, [A], [box(0, 0.5)]))
    assert [(f.id, f.value) for f in of(prepared, "G12")] == [(A, "1")]


def test_components_of_a_grid_that_the_delivery_ends_lie_in_none(deliveries) -> None:
    deliveries.load(prepare_grids, grids(deliveries))
    commit(deliveries.registry, "components", components(("K1", B, at(1.5))))
    rows = [{"code": A, "状态": "有效"}, {"code": B, "状态": "作废"}]
    prepared = deliveries.prepare(prepare_grids, deliveries.layer(rows, [box(0), box(1)]))
    assert [(f.id, f.expected) for f in of(prepared, "G12")] == [(B, None)]


def test_a_grid_whose_row_is_refused_stays_as_it_is(deliveries) -> None:
    deliveries.load(prepare_grids, grids(deliveries))
    commit(deliveries.registry, "components", components(("K1", B, at(1.5))))
    west, south, east, north = box(1).bounds
    bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    prepared = deliveries.prepare(prepare_grids, grids(deliveries, [A, B], [box(0), bow]))
    assert prepared.report.rejected == 1
    assert of(prepared, "G12") == []


def test_grids_beside_the_delivery_count(deliveries) -> None:
    deliveries.load(prepare_grids, grids(deliveries))
    rows = [("K1", B, at(1.5)), ("K2", B, at(2.5)), ("K3", D, at(2.5)), ("K4", C, at(1.5))]
    commit(deliveries.registry, "components", components(*rows))
    prepared = deliveries.prepare(prepare_grids, grids(deliveries, [A, B]))
    assert [(f.id, f.expected) for f in of(prepared, "G12")] == [(B, C), (C, B)]
    whole = deliveries.prepare(prepare_grids, grids(deliveries))
    assert [(f.id, f.expected) for f in of(whole, "G12")] == [(B, C), (C, B), (D, C)]


def test_components_with_an_extent_are_not_cut(deliveries) -> None:
    lawn, bench = box(0.9, 0.3, 0.4, 0.2), shapely.LineString([at(0.8), at(1.2)])
    commit(
        deliveries.registry,
        "components",
        components(("L1", B, lawn), ("L2", A, bench), ("L3", A, box(0.1, 0.1))),
    )
    (finding,) = of(deliveries.prepare(prepare_grids, grids(deliveries)), "G10")
    assert "部件 L1" in str(finding.message)
    assert finding.id == B


def test_pieces_of_any_size_give_the_same(deliveries) -> None:
    rng = np.random.default_rng(7)
    columns, upward = rng.integers(-1, 5, 900), rng.random(900) < 0.9
    places = zip(columns + rng.uniform(0.05, 0.95, 900), np.where(upward, 0.5, -0.5), strict=True)
    recorded = [CODES[n] for n in rng.integers(4, size=900)]
    rows = [(f"K{n:04d}", recorded[n], at(float(x), float(y))) for n, (x, y) in enumerate(places)]
    commit(deliveries.registry, "components", components(*rows))
    context = ImportContext(deliveries.registry, "grids", ImportOptions())
    told = []
    for chunk in (50, 7_000):
        staging = stage([grids(deliveries)], GRID_FIELDS, context, dataset="grids", key="code")
        check_components(
            staging, resulting_grids(staging, deliveries.registry), deliveries.registry, chunk=chunk
        )
        told.append([finding.to_dict() for finding in staging.findings])
    assert told[0] == told[1]
    found = [CODES[c] if 0 <= c < 4 and up else None for c, up in zip(columns, upward, strict=True)]
    expected = Counter(pair for pair in zip(recorded, found, strict=True) if pair[0] != pair[1])
    assert {(f["id"], f["expected"]): int(f["value"]) for f in told[0]} == expected
    assert all(len(f["geometry"]["coordinates"]) <= PLACES_KEPT for f in told[0])
