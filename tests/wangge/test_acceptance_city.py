"""Defects seeded into the sample city's census: an acceptance finds all of them, and nothing else."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from components.acceptance.census import GONE, component_points, registry_census
from components.acceptance.check_points import read_check_points
from components.acceptance.inspection import Acceptance, inspect
from components.acceptance.layout import SheetLayout, sheets_over, zone_of
from components.acceptance.sampled import SampledSheets, sampled
from components.acceptance.sampling import draw
from components.acceptance.settings import AcceptanceSettings
from components.acceptance.strata import survey_sheets
from components.catalogue import SHIPPED
from gis.coverage import Coverage
from gis.crs import STORED, transform_geometries
from gis.editions import commit
from gis.importing import ImportOptions
from gis.metres import LocalMetres
from gis.registry import Registry
from wangge.demo import inputs
from wangge.demo.city import imagine

ROOM_M = 12.0
"""Around a seeded defect there is nothing else, so that it can only be found as what it is."""

OTHER = {"0101": "0102", "0102": "0103"}
"""The class that is recorded instead: covers for covers, and a bench for anything else."""


@dataclass
class Truth:
    """What stands in the field, and what became of it in the data; by identifier."""

    frame: gpd.GeoDataFrame
    sheets: SampledSheets
    free: list[str]
    missed: set[str] = field(default_factory=set)
    surplus: set[str] = field(default_factory=set)
    moved: dict[str, float] = field(default_factory=dict)
    reclassed: set[str] = field(default_factory=set)
    renamed: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def truth() -> Truth:
    """Return the sample city as it stands, and a sample of sheets with places that nothing is near."""
    city = imagine(2026, scale="small")
    things = [thing for thing in city.components if thing.state != GONE]
    places = np.array([*(thing.geometry for thing in things), None], dtype=object)[:-1]
    rows = {
        "id": [thing.id for thing in things],
        "class_code": [thing.code for thing in things],
        "standard": "2013",
        "name": [thing.name for thing in things],
        "state": [thing.state for thing in things],
    }
    degrees = transform_geometries(places, inputs.city().crs, STORED)
    frame = gpd.GeoDataFrame(rows, geometry=degrees, crs=STORED)
    ground = transform_geometries(np.array([city.territory.county.polygon]), inputs.city().crs, STORED)
    sheets = sheets_over(ground[0], SheetLayout(500, 50, zone_of(ground[0])))
    surveyed = survey_sheets(sheets, [shapely.point_on_surface(degrees)], ground)
    sample = sampled(draw(surveyed, "seeded", number=14))
    return Truth(frame, sample, lonely(frame, sample))


def lonely(frame: gpd.GeoDataFrame, sheets: SampledSheets) -> list[str]:
    """Return point components well inside of the sample with nothing around them."""
    geometries = frame.geometry.to_numpy()
    metres = LocalMetres.around(geometries)
    planar = metres.forward(geometries)
    left, right = shapely.STRtree(planar).query(planar, predicate="dwithin", distance=ROOM_M)
    alone = np.bincount(left, minlength=len(planar)) == 1
    inside = shapely.buffer(metres.forward(sheets.geometries), -ROOM_M)
    within = np.zeros(len(planar), dtype=bool)
    within[shapely.STRtree(planar).query(inside, predicate="contains")[1]] = True
    points = shapely.get_type_id(geometries) == 0
    assert len(right)
    return frame["id"][alone & within & points].tolist()


def seed(truth: Truth, number: int) -> tuple[Truth, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Spoil the data and leave the field as it is; return the field and the data."""
    rng = np.random.default_rng([2026, number])
    spoilt = Truth(truth.frame, truth.sheets, truth.free)
    chosen: Iterator[str] = iter(rng.permutation(truth.free).tolist())
    data, true = truth.frame.copy().set_index("id"), truth.frame.copy().set_index("id")
    for _ in range(8):
        gone, extra, moved, other, state = (next(chosen) for _ in range(5))
        spoilt.missed.add(gone)
        data = data.drop(index=gone)
        spoilt.surplus.add(extra)
        true = true.drop(index=extra)
        spoilt.moved[moved] = move(data, moved, rng)
        spoilt.reclassed.add(other)
        code = OTHER.get(str(data.at[other, "class_code"]), "0407")
        data.at[other, "class_code"] = code if code != data.at[other, "class_code"] else "0101"
        spoilt.renamed.add(state)
        data.at[state, "state"] = "破损" if data.at[state, "state"] != "破损" else "完好"
    return spoilt, true.reset_index(), data.reset_index()


def move(data: gpd.GeoDataFrame, identifier: str, rng: np.random.Generator) -> float:
    """Move a component by more than is gross and less than is out of reach; return how far."""
    info = SHIPPED.info("2013", str(data.at[identifier, "class_code"]))
    assert info is not None
    settings = AcceptanceSettings()
    low, high = settings.gross_m(info.accuracy_class), settings.reach_m[info.accuracy_class]
    distance = float(rng.uniform(low + 0.05, min(high, ROOM_M) - 0.05))
    shift = shapely.Point(distance, 0)
    old = np.array([data.at[identifier, "geometry"]], dtype=object)
    metres = LocalMetres.around(old)
    [place] = metres.forward(old)
    [new] = metres.inverse(np.array([shapely.Point(place.x + shift.x, place.y)], dtype=object))
    data.at[identifier, "geometry"] = new
    return distance


def write_points(true: gpd.GeoDataFrame, path: Path) -> None:
    """Write check points as an inspector would: class by name, a point, the state; no identifier."""
    places = shapely.get_coordinates(shapely.point_on_surface(true.geometry.to_numpy()))
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["点号", "小类代码", "部件名称", "经度", "纬度", "状态"])
        for row, (lon, lat) in zip(true.itertuples(), places.tolist(), strict=True):
            writer.writerow([row.id, row.class_code, row.name, f"{lon:.9f}", f"{lat:.9f}", row.state])


def accept(registry: Registry, truth: Truth, true: gpd.GeoDataFrame, folder: Path) -> Acceptance:
    census = registry_census(registry, truth.sheets.geometries)
    path = folder / "检查点.csv"
    write_points(true, path)
    points = read_check_points(
        registry, [path], ImportOptions(), standard=census.standard, catalogue=census.catalogue
    )
    inspected = truth.sheets.codes.tolist()
    return inspect(truth.sheets, census, points, AcceptanceSettings(), inspected=inspected)


def found(acceptance: Acceptance) -> Truth:
    """Return what was found, by identifier: check points are called like what stands there."""
    judgement, census = acceptance.judgement, acceptance.census
    names = np.array([*acceptance.points.names, "—"], dtype=object)[judgement.point]
    recorded = np.array([*census.rows["id"], "—"], dtype=object)[judgement.component]
    assert (names == recorded)[judgement.paired].all()
    return Truth(
        gpd.GeoDataFrame(),
        acceptance.sheets,
        [],
        set(names[judgement.missed]),
        set(recorded[judgement.surplus]),
        dict(zip(names[judgement.gross], judgement.distance_m[judgement.gross].tolist(), strict=True)),
        set(names[judgement.wrong_class]),
        set(names[judgement.wrong_attribute]),
    )


@pytest.mark.parametrize("number", [1, 2])
def test_every_seeded_defect_is_found_as_what_it_is(
    registry: Registry, truth: Truth, tmp_path: Path, number: int
) -> None:
    seeded, true, data = seed(truth, number)
    commit(registry, "components", data)
    result = found(accept(registry, truth, true, tmp_path))
    assert result.missed == seeded.missed
    assert result.surplus == seeded.surplus
    assert result.reclassed == seeded.reclassed
    assert result.renamed == seeded.renamed
    assert result.moved.keys() == seeded.moved.keys()
    assert result.moved == pytest.approx(seeded.moved, abs=0.001)


def test_a_clean_census_is_excellent_everywhere(
    gpkg_registry: Registry, truth: Truth, tmp_path: Path
) -> None:
    commit(gpkg_registry, "components", truth.frame)
    acceptance = accept(gpkg_registry, truth, truth.frame, tmp_path)
    assert not acceptance.judgement.faulty.any()
    assert {one.verdict.grade for one in acceptance.results} == {"excellent"}
    coverage = Coverage.build(truth.sheets.geometries, truth.sheets.codes.tolist())
    points = shapely.point_on_surface(truth.frame.geometry.to_numpy())
    inside = coverage.locate(shapely.get_x(points), shapely.get_y(points)) >= 0
    assert acceptance.rates["missed"].base == acceptance.rates["surplus"].base == inside.sum() > 300


def test_components_are_counted_where_they_stand(registry: Registry, truth: Truth) -> None:
    commit(registry, "components", truth.frame)
    counted = sum(len(piece) for piece in component_points(registry))
    assert counted == len(truth.frame)
