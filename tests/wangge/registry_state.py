"""Everything a registry holds, and whether its parts agree with each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, inspect

from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry

State = dict[str, list[dict[str, Any]]]

INSTANTS = ("committed_at", "valid_from", "valid_to")
# Made up of others, or the databases' own.
_PARTS_OF_INDEXES = ("_node", "_parent", "_rowid")
_OF_POSTGIS = ("spatial_ref_sys",)
# PostgreSQL does not take back numbers it gave in a transaction that ended badly; the other is a clock.
_BESIDE_THE_POINT = ("fid", "last_change")


def state_of(registry: Registry) -> State:
    """Return all rows of all tables, the indexes of a file and its table of contents among them.

    It waits for a writer that is still at work: a server may go on with what a killed client sent.
    """
    with registry.begin() as connection:
        names = sorted(inspect(connection).get_table_names())
        return {name: _rows(connection, name) for name in names if _counts(name)}


def without_clock(state: State) -> State:
    """Return a state in which instants are numbered in their order, to compare it with another's."""
    known = {row[name] for rows in state.values() for row in rows for name in INSTANTS if row.get(name)}
    number = {instant: at for at, instant in enumerate(sorted(known, key=str))}
    return {
        table: sorted(
            (
                {
                    name: number.get(value, value) if name in INSTANTS else value
                    for name, value in row.items()
                    if name not in _BESIDE_THE_POINT
                }
                for row in rows
            ),
            key=repr,
        )
        for table, rows in state.items()
    }


def require_sound(registry: Registry) -> None:
    """Require that file, indexes and contents agree."""
    if registry.kind != "gpkg":
        return
    with registry.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        spatial = connection.exec_driver_sql("SELECT table_name FROM gpkg_geometry_columns").scalars().all()
        for table in spatial:
            _require_index(connection, table)
    for name, dataset in DATASETS.items():
        if dataset.geometry is not None:
            _require_places(registry, name, dataset.live.name)


def _counts(name: str) -> bool:
    return not name.endswith(_PARTS_OF_INDEXES) and name not in _OF_POSTGIS


def _rows(connection: Connection, name: str) -> list[dict[str, Any]]:
    found = connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings().all()
    return sorted((dict(row) for row in found), key=repr)


def _require_index(connection: Connection, table: str) -> None:
    rtree = f"rtree_{table}_geom"
    assert connection.exec_driver_sql("SELECT rtreecheck(?)", (rtree,)).scalar_one() == "ok"
    of_table = f'SELECT fid FROM "{table}" WHERE geom NOTNULL ORDER BY fid'
    of_index = f'SELECT id FROM "{rtree}" ORDER BY id'
    filled = connection.exec_driver_sql(of_table).scalars().all()
    assert connection.exec_driver_sql(of_index).scalars().all() == filled
    known = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?"
    around = f'SELECT min(minx), min(miny), max(maxx), max(maxy) FROM "{rtree}"'
    extent = connection.exec_driver_sql(around).one()
    assert connection.exec_driver_sql(known, (table,)).one() == extent, table


def _require_places(registry: Registry, dataset: str, table: str) -> None:
    """Require that the index has every live thing where it is."""
    frame = read_frame(registry, dataset, columns=["fid", "geometry"])
    with registry.connect() as connection:
        found = connection.exec_driver_sql(
            f'SELECT minx, miny, maxx, maxy FROM "rtree_{table}_geom" ORDER BY id'
        ).all()
    boxes = np.array(found, dtype=float).reshape(-1, 4)
    bounds = shapely.bounds(np.asarray(frame.sort_values("fid").geometry)).reshape(-1, 4)
    assert len(boxes) == len(bounds)
    assert (boxes[:, :2] <= bounds[:, :2]).all()
    assert (boxes[:, 2:] >= bounds[:, 2:]).all()
