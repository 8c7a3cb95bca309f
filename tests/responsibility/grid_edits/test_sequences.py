"""Any sequence of operations keeps the tiling and the codes, and can be undone to the byte."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import list_editions, revert
from gis.errors import DataRefused
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from grids.lifecycle.plan import Order
from responsibility.grid_edits import (
    merge_grids,
    move_borders,
    retire_grid,
    split_grid,
)

ORDER = Order(date(2026, 11, 20), "边界调整")
STEP = 0.001
EXPORTED = (
    "grids",
    "components",
    "memberships",
    "responsibility-grids",
    "retirements",
    "divisions",
    "addresses",
    "organisations",
)


def grids_of(registry: Registry) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(read_frame(registry, "grids"))


def exported(registry: Registry, folder: Path) -> dict[str, bytes]:
    """Write all tables to files and return their bytes."""
    result = {}
    for dataset in EXPORTED:
        frame = read_frame(registry, dataset)
        path = folder / f"{dataset}.{'geojson' if DATASETS[dataset].geometry else 'csv'}"
        path.unlink(missing_ok=True)
        frame.to_file(path, driver="GeoJSON") if DATASETS[dataset].geometry else frame.to_csv(path)
        result[dataset] = path.read_bytes()
    return result


operations = st.lists(
    st.tuples(
        st.sampled_from(["split", "merge", "move", "retire"]),
        st.integers(0, 99),
        st.floats(0.15, 0.85),
        st.floats(0.15, 0.85),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations)
def test_tiling_stays_codes_are_unique_for_ever_and_reverting_restores_every_byte(
    new_registry, fill_town, tmp_path: Path, kind: str, steps
) -> None:
    with Registry.open(new_registry(kind)) as town:
        fill_town(town)
        ground = shapely.union_all(grids_of(town).geometry.to_numpy())
        states, used, retired = [exported(town, tmp_path)], set(grids_of(town)["code"]), 0.0
        for operation, which, x, y in steps:
            before = set(grids_of(town)["code"])
            if not operate(town, operation, which, x, y):
                continue
            grids = grids_of(town)
            new = set(grids["code"]) - before
            assert not new & used
            used |= new
            polygons = shapely.get_geometry(grids.geometry.to_numpy(), 0)
            assert shapely.coverage_is_valid(polygons)
            assert shapely.is_valid(polygons).all()
            lost = ground.difference(shapely.union_all(polygons)).area / STEP**2
            assert lost == pytest.approx(retired + (operation == "retire") * lost_by(town), abs=1e-6)
            retired = lost
            states.append(exported(town, tmp_path))
        for number in range(len(states), 1, -1):
            revert(town, number)
            assert exported(town, tmp_path) == states[number - 2]


def lost_by(registry: Registry) -> float:
    """Return the ground, in cells, that the last edition took out of the grids."""
    history = DATASETS["grids"].history
    last = list_editions(registry)[0].id
    with registry.connect() as connection:
        gone = connection.scalars(
            history.select().with_only_columns(history.c.geom).where(history.c.closed_by == last)
        )
        return sum(geometry.area for geometry in gone) / STEP**2


def operate(town: Registry, operation: str, which: int, x: float, y: float) -> bool:
    """Do something to some grid; False where it cannot be done there."""
    grids = grids_of(town)
    one = grids.iloc[which % len(grids)]
    west, south, east, north = one.geometry.bounds
    across = shapely.LineString(
        [(west - STEP, south + (north - south) * x), (east + STEP, south + (north - south) * y)]
    )
    try:
        if operation == "split":
            split_grid(town, one["code"], [across], ORDER)
        elif operation == "retire":
            retire_grid(town, one["code"], ORDER)
        else:
            beside = neighbour(grids, one)
            if beside is None:
                return False
            both = [one["code"], beside]
            merge_grids(town, both, ORDER) if operation == "merge" else move_borders(
                town, both, [across], ORDER
            )
    except DataRefused:
        return False
    return True


def neighbour(grids: geopandas.GeoDataFrame, one: pandas.Series) -> str | None:
    """Return a grid of the same community that shares an edge."""
    shared = shapely.length(shapely.intersection(grids.geometry.to_numpy(), one.geometry))
    found = np.flatnonzero(
        (shared > 0.1 * STEP)
        & (grids["community"] == one["community"]).to_numpy()
        & (grids["code"] != one["code"]).to_numpy()
    )
    return None if not len(found) else grids["code"].iloc[found[0]]


@pytest.fixture(params=["gpkg", "postgis"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)
