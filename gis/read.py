"""Read datasets as frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Double,
    Integer,
    Select,
    Table,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect
from sqlalchemy.sql.visitors import replacement_traverse

from gis.columns import SRID, GeometryColumn, UtcDateTime, binary, to_milliseconds
from gis.errors import UsageError
from gis.gpkg_geometry import decode
from gis.models import GEOMETRY, Dataset, dataset_named
from gis.registry import Registry
from gis.spatial_sql import Bounds, bbox_clause
from gis.text import t

__all__ = ["Bounds", "bbox_clause", "read_chunks", "read_frame", "valid_at"]

_EXTRA = ("fid", "edition", "valid_from")

CHUNK = 50_000
"""Rows read at a time: enough to be fast, little enough to keep memory flat."""


def read_frame(
    registry: Registry,
    dataset: str,
    *,
    bbox: Bounds | None = None,
    where: ColumnElement[bool] | None = None,
    columns: Sequence[str] | None = None,
    as_of: datetime | None = None,
) -> pd.DataFrame:
    """Read the rows of a dataset that hold now, or that held at a moment.

    Parameters
    ----------
    registry : Registry
    dataset : str
        A name of ``gis.models.DATASETS``.
    bbox : tuple of float, optional
        minx, miny, maxx, maxy in degrees, EPSG:4490: rows whose geometry shares a point with it.
    where : ColumnElement, optional
        Condition on the columns of the dataset's live table; it is applied to the history alike.
    columns : sequence of str, optional
        Which, in this order; ``"geometry"``, ``"fid"``, ``"edition"`` and ``"valid_from"`` may be among
        them. By default all business columns and the geometry.
    as_of : datetime, optional
        With a time zone. Rows whose validity contains the moment (start inclusive, end exclusive).
        The fid of a row from the history is not that of the thing.

    Returns
    -------
    GeoDataFrame or DataFrame
        Ordered by key. GeoDataFrame in EPSG:4490 when the geometry is among the columns. Missing text
        is NaN; JSON columns hold JSON text, see :func:`gis.columns.from_json`.

    Raises
    ------
    UsageError
        Unknown dataset or column, a rectangle without sense, a moment without a time zone.
    """
    chosen = dataset_named(dataset)
    names = _names(chosen, columns)
    statement = _statement(chosen, names, bbox, where, as_of)
    with registry.connect() as connection:
        rows = connection.execute(statement).all()
    return _frame(chosen, names, rows, registry.kind)


def read_chunks(
    registry: Registry,
    dataset: str,
    *,
    bbox: Bounds | None = None,
    columns: Sequence[str] | None = None,
    exact: bool = True,
    size: int = CHUNK,
) -> Iterator[pd.DataFrame]:
    """Read the live rows of a dataset piece by piece, as they were when the first piece was read.

    Parameters
    ----------
    registry : Registry
    dataset : str
    bbox, columns
        As for :func:`read_frame`.
    exact : bool
        ``False`` asks the spatial index alone: faster, with a few rows beside the rectangle.
    size : int
        Rows in a piece: no more than these are in memory.

    Yields
    ------
    GeoDataFrame or DataFrame
        In no particular order.

    Raises
    ------
    UsageError
        As for :func:`read_frame`, with the first piece.
    """
    chosen = dataset_named(dataset)
    names = _names(chosen, columns)
    statement = _part(chosen, chosen.live, names, None, None)
    if bbox is not None:
        statement = statement.where(bbox_clause(chosen.live, bbox, exact=exact))
    # The result is closed also where a reader gives up between pieces
    with (
        registry.connect() as connection,
        connection.execution_options(yield_per=size).execute(statement) as result,
    ):
        for rows in result.partitions(size):
            yield _frame(chosen, names, rows, registry.kind)


def valid_at(table: Table, moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a row of a live or history table held at a moment.

    Raises
    ------
    UsageError
        The moment has no time zone.
    """
    if moment.tzinfo is None:
        raise UsageError(
            t("The moment {moment} has no time zone", moment=moment.isoformat()),
            field="as_of",
            value=moment.isoformat(),
            expected="2026-11-20T09:30:00+08:00",
        )
    at = literal(to_milliseconds(moment), UtcDateTime())
    begun: ColumnElement[bool] = table.c.valid_from <= at
    return begun & (table.c.valid_to > at) if "valid_to" in table.c else begun


def _names(dataset: Dataset, columns: Sequence[str] | None) -> list[str]:
    own = [*dataset.columns, *(["geometry"] if dataset.geometry else [])]
    if columns is None:
        return own
    unknown = [name for name in columns if name not in own and name not in _EXTRA]
    if unknown:
        raise UsageError(
            t("{dataset} has no column {column}", dataset=dataset.name, column=unknown[0]),
            field="columns",
            value=unknown[0],
            expected=", ".join(own),
        )
    return list(columns)


def _column(name: str) -> str:
    return GEOMETRY if name == "geometry" else name


def _statement(
    dataset: Dataset,
    names: list[str],
    bbox: Bounds | None,
    where: ColumnElement[bool] | None,
    as_of: datetime | None,
) -> Select[Any] | CompoundSelect[Any]:
    keys = [f"key_{name}" for name in dataset.key]
    parts = []
    for table in (dataset.live,) if as_of is None else (dataset.live, dataset.history):
        key = [table.c[name].label(label) for name, label in zip(dataset.key, keys, strict=True)]
        part = _part(dataset, table, names, bbox, where).add_columns(*key)
        parts.append(part if as_of is None else part.where(valid_at(table, as_of)))
    both = parts[0] if as_of is None else union_all(*parts)
    return both.order_by(*(literal_column(label) for label in keys))


def _part(
    dataset: Dataset, table: Table, names: list[str], bbox: Bounds | None, where: ColumnElement[bool] | None
) -> Select[Any]:
    """Select some columns of one table of a dataset."""
    part = select(*(_selected(table.c[_column(name)]) for name in names))
    if where is not None:
        part = part.where(_retarget(where, dataset.live, table))
    return part if bbox is None else part.where(bbox_clause(table, bbox))


def _frame(dataset: Dataset, names: list[str], rows: Sequence[Any], kind: str) -> pd.DataFrame:
    """Turn rows into a frame; what was selected beyond the names is left out."""
    values: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = {
        name: _array(dataset.live.c[_column(name)], column, kind)
        for name, column in zip(names, values, strict=False)
    }
    if "geometry" in arrays:
        frame: pd.DataFrame = gpd.GeoDataFrame(arrays, geometry="geometry", crs=f"EPSG:{SRID}")
        return frame
    return pd.DataFrame(arrays)


def _selected(column: Column[Any]) -> ColumnElement[Any]:
    """Select a geometry as stored bytes, to be decoded all at once."""
    return (binary(column) if isinstance(column.type, GeometryColumn) else column).label(
        f"value_{column.name}"
    )


def _retarget(where: ColumnElement[bool], live: Table, table: Table) -> ColumnElement[bool]:
    """Make a condition on the live table one on another table with the same columns."""

    def replace(element: Any, **_: Any) -> Any:
        return table.c[element.name] if isinstance(element, Column) and element.table is live else None

    replaced: ColumnElement[bool] = replacement_traverse(where, {}, replace)
    return replaced


def _array(column: Column[Any], values: Sequence[Any], kind: str) -> Any:
    """Return the values of a column in the type that frames have for it."""
    if isinstance(column.type, GeometryColumn):
        return decode(values) if kind == "gpkg" else shapely.from_wkb(np.array(values, dtype=object))
    if isinstance(column.type, UtcDateTime):
        return pd.to_datetime(list(values), utc=True).as_unit("ms")
    if isinstance(column.type, Boolean):
        return pd.array(list(values), dtype="boolean")
    if isinstance(column.type, Double):
        return np.array(values, dtype=np.float64)
    if isinstance(column.type, Integer):
        return pd.array(list(values), dtype="Int64") if None in values else np.array(values, dtype=np.int64)
    return pd.array(list(values), dtype=pd.StringDtype(na_value=np.nan))
