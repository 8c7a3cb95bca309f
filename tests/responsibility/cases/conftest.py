"""Past cases of the town, and what a registry holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import geopandas
import pytest
import shapely
from sqlalchemy import inspect

from gis.models import DATASETS
from gis.registry import Registry


@pytest.fixture
def digest() -> Callable[[Registry], str]:
    """Return a function that hashes every row of every table."""

    def of(registry: Registry) -> str:
        with registry.connect() as connection:
            names = sorted(inspect(connection).get_table_names())
            tables = [
                (name, sorted(map(repr, connection.exec_driver_sql(f'SELECT * FROM "{name}"').all())))
                for name in names
                if not name.startswith(("spatial_ref_sys", "rtree_"))
            ]
        return hashlib.sha256(repr(tables).encode()).hexdigest()

    return of


@pytest.fixture(scope="session")
def case_rows(town: SimpleNamespace) -> Callable[..., geopandas.GeoDataFrame]:
    """Return a function that makes rows of ``cases`` of (id, column, class, further values)."""

    def make(*cases: tuple[str, float | None, str | None, dict[str, Any]]) -> geopandas.GeoDataFrame:
        rows = [
            dict.fromkeys(DATASETS["cases"].columns)
            | {
                "id": name,
                "class_code": code,
                "geometry": None if at is None else shapely.Point(*town.xy(at)),
            }
            | values
            for name, at, code, values in cases
        ]
        columns = [*DATASETS["cases"].columns, "geometry"]
        return geopandas.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=4490)

    return make
