"""Invented components in a registry, and the copy of the table that other servers can read."""

from __future__ import annotations

import random
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import psycopg
import shapely

from gis.editions import commit
from gis.models import DATASETS
from gis.registry import open_registry
from layers.catalogue import publish, seed_layers

WEST, SOUTH, WIDTH, HEIGHT = 106.40, 29.30, 0.45, 0.40

_COPY = """
CREATE TABLE components_wgs84 AS SELECT * FROM components ORDER BY fid;
ALTER TABLE components_wgs84 ALTER geom TYPE geometry(Geometry, 4326) USING ST_SetSRID(geom, 4326);
ALTER TABLE components_wgs84 ADD PRIMARY KEY (fid);
CREATE UNIQUE INDEX ON components_wgs84 (id);
CREATE INDEX ON components_wgs84 USING gist (geom);
VACUUM ANALYZE components;
VACUUM ANALYZE components_wgs84
"""


def components(count: int) -> gpd.GeoDataFrame:
    """Return components clustered as in a city, in the order of a survey: by class and cell."""
    rng = np.random.default_rng(20261120)
    centres = rng.random((400, 2))
    places = centres[rng.integers(0, 400, count)] + rng.normal(0, 0.03, (count, 2))
    places = np.abs(places) % 1.0
    classes = rng.integers(0, 200, count)
    cells = np.floor(places * 80) @ (80, 1)
    order = np.lexsort((cells, classes))
    places, classes = places[order], classes[order]
    lon, lat = WEST + WIDTH * places[:, 0], SOUTH + HEIGHT * places[:, 1]
    given = {
        "id": [identifier(n) for n in range(count)],
        "class_code": [f"{1 + number // 40:02d}{1 + number % 40:02d}" for number in classes],
        "name": "上水井盖",
        "standard": "2013",
        "county": "500113",
        "authority_code": "11500113MB1234567X",
        "authority_name": "区城市管理局",
        "owner_code": "91500113MA5U123456",
        "owner_name": "自来水有限公司",
        "maintainer_code": "91500113MA5U654321",
        "maintainer_name": "市政养护有限公司",
        "unit_grid": [f"500113{n % 900:09d}" for n in range(count)],
        "street": "500113001",
        "community": "500113001002",
        "state": "完好",
        "initial_date": "20240601",
        "change_date": "20250601",
        "source": "普查",
        "position_text": [f"龙洲大道{n % 2000}号门前" for n in range(count)],
    }
    return gpd.GeoDataFrame(
        {name: given.get(name) for name in DATASETS["components"].columns},
        geometry=shapely.points(lon, lat),
        crs="EPSG:4490",
        index=range(count),
    )


def identifier(number: int) -> str:
    """Return the identifier of a component, whose ``fid`` is one more than the number."""
    return f"500113{number % 90:04d}{number:08d}"


def fill(url: str, frame: gpd.GeoDataFrame) -> None:
    """Commit the components to a new registry and publish them."""
    with open_registry(url, create=True) as registry:
        commit(registry, "components", frame, source="benchmark")
        seed_layers(registry)
        publish(registry, "components")


def copy_for_others(url: str) -> None:
    """Copy the table, rows, order and indexes the same, declared EPSG:4326."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in _COPY.split(";"):
            connection.execute(statement.encode())


def boxes(seed: int) -> Iterator[str]:
    """Yield boxes of 0.5 to 3 km, the same for everybody."""
    chance = random.Random(seed)
    while True:
        size = chance.uniform(0.005, 0.03)
        west = WEST + chance.random() * (WIDTH - size)
        south = SOUTH + chance.random() * (HEIGHT - size)
        yield f"{west:.6f},{south:.6f},{west + size:.6f},{south + size:.6f}"
