"""A small invented city on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.editions import commit
from gis.models import DATASETS
from gis.registry import Registry, open_registry
from layers.catalogue import get_layer, publish, seed_layers
from layers.layer import Layer

WEST, SOUTH, SIDE = 106.50, 29.40, 0.05


def frame(dataset: str, rows: list[dict[str, object]], geometries: np.ndarray) -> gpd.GeoDataFrame:
    columns = list(DATASETS[dataset].columns)
    table = gpd.GeoDataFrame(
        {name: [row.get(name) for row in rows] for name in columns},
        geometry=list(geometries),
        crs="EPSG:4490",
    )
    return table[[*columns, "geometry"]]


def grids() -> gpd.GeoDataFrame:
    """5 x 5 squares."""
    step = SIDE / 5
    cells = [(i, j) for j in range(5) for i in range(5)]
    squares = [
        shapely.MultiPolygon(
            [shapely.box(WEST + i * step, SOUTH + j * step, WEST + (i + 1) * step, SOUTH + (j + 1) * step)]
        )
        for i, j in cells
    ]
    rows = [
        {
            "code": f"500113001001{n:03d}",
            "name": f"网格{n}",
            "street": "500113001",
            "state": "有效",
            "area_m2": 1e6 + n,
        }
        for n in range(1, 26)
    ]
    return frame("grids", rows, np.array(squares, dtype=object))


def components(count: int = 300, seed: int = 7) -> gpd.GeoDataFrame:
    """Points, with one line and one polygon among them."""
    rng = np.random.default_rng(seed)
    points = shapely.points(WEST + SIDE * rng.random(count), SOUTH + SIDE * rng.random(count))
    points[10] = shapely.LineString([(WEST, SOUTH), (WEST + 0.001, SOUTH + 0.002)])
    points[11] = shapely.box(WEST + 0.02, SOUTH + 0.02, WEST + 0.021, SOUTH + 0.0205)
    classes = ["0101", "0103", "0201", "0405"]
    rows = [
        {
            "id": f"5001130101{n:06d}",
            "class_code": classes[n % 4],
            "standard": "2013",
            "name": f"部件“{n}”",
            "state": "完好" if n % 5 else "破损",
            "attributes": json.dumps({"surveyor": "secret"}),
        }
        for n in range(count)
    ]
    return frame("components", rows, points)


def areas() -> gpd.GeoDataFrame:
    """Two lines of business with the same codes."""
    rows = [
        {
            "line": line,
            "code": code,
            "name": f"{line}{code}",
            "classes": json.dumps(["0101", "02"]),
            "in_scope": code != "B",
        }
        for line in ("sanitation", "street:lamps")
        for code in ("A", "B")
    ]
    boxes = [
        shapely.MultiPolygon([shapely.box(WEST + k * 0.01, SOUTH, WEST + k * 0.01 + 0.01, SOUTH + 0.05)])
        for k in range(4)
    ]
    return frame("areas", rows, np.array(boxes, dtype=object))


@dataclass(frozen=True)
class City:
    """A registry and the frames that were committed to it."""

    registry: Registry
    frames: dict[str, gpd.GeoDataFrame]

    def layer(self, layer_id: str) -> Layer:
        return get_layer(self.registry, layer_id)


def _filled(registry: Registry) -> City:
    frames = {"grids": grids(), "components": components(), "areas": areas()}
    for dataset, table in frames.items():
        commit(registry, dataset, table, source="test")
    seed_layers(registry)
    for layer_id in ("unit-grids", "components", "areas"):
        publish(registry, layer_id)
    return City(registry, frames)


@pytest.fixture(scope="session", params=["gpkg", "postgis"])
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Registry with grids, components and areas, their layers public; no test changes it."""
    if request.param == "gpkg":
        url = str(tmp_path_factory.mktemp("city") / "city.gpkg")
    else:
        url = request.getfixturevalue("postgis_server").create_database()
    with open_registry(url, create=True) as registry:
        yield _filled(registry)


@pytest.fixture
def own_city(registry: Registry) -> City:
    """Return the same, for tests that change it."""
    return _filled(registry)


@pytest.fixture
def make_frame() -> object:
    """Return the function that completes rows to a frame of a dataset."""
    return frame
