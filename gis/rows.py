"""Turn a frame into batches of checked values for the database."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from sqlalchemy import Boolean, Double, Integer
from sqlalchemy.types import TypeEngine

from gis.backend import Batch
from gis.columns import SRID, JsonText, to_json
from gis.errors import DataRefused
from gis.models import Dataset
from gis.places import Places
from gis.text import t

BATCH = 20_000
"""Rows converted and sent at a time: enough to be fast, little enough to keep memory flat."""

_PART_OF = {"MULTIPOLYGON": "POLYGON", "MULTILINESTRING": "LINESTRING", "MULTIPOINT": "POINT"}
_TYPE_ID = {
    "POINT": 0,
    "LINESTRING": 1,
    "POLYGON": 3,
    "MULTIPOINT": 4,
    "MULTILINESTRING": 5,
    "MULTIPOLYGON": 6,
}
_COLLECT: dict[str, Callable[..., Any]] = {
    "MULTIPOLYGON": shapely.multipolygons,
    "MULTILINESTRING": shapely.multilinestrings,
    "MULTIPOINT": shapely.multipoints,
}


class Rows:
    """The rows of a frame, in the columns and types of a dataset.

    Parameters
    ----------
    dataset : Dataset
    frame : DataFrame or GeoDataFrame
        Batch of the dataset; those that are missing are null throughout. Geometry in EPSG:4490 in
        the active geometry column. Single geometries become multiple ones where the dataset has
        those; heights are dropped. JSON columns hold lists and dicts, or JSON text.

    Raises
    ------
    DataRefused
        A key is missing or occurs twice, a value or geometry does not fit its column.
    ValueError
        The frame has columns that the dataset does not know, no geometry, or another CRS.
    """

    places: Places | None = None
    """Where the rows are, if that is known without looking at each: it is not."""

    def __init__(self, dataset: Dataset, frame: pd.DataFrame) -> None:
        self._dataset = dataset
        self._geometry = _geometry(dataset, frame)
        _require_known_columns(dataset, frame)
        self._frame = frame
        self._require_keys()

    def __len__(self) -> int:
        return len(self._frame)

    def batches(self, *constants: object, number: bool = False) -> Iterator[Batch]:
        """Yield the rows in order, column by column: number, business columns, geometry, constants.

        Parameters
        ----------
        *constants
            Values repeated in every row after the others.
        number : bool
            Put the position of the row, from 0, first.
        """
        for start in range(0, len(self), BATCH):
            stop = min(start + BATCH, len(self))
            columns: Batch = [list(range(start, stop))] if number else []
            columns += [self._values(name, start, stop) for name in self._dataset.columns]
            if self._geometry is not None:
                columns.append(self._geometries(start, stop))
            columns += [[constant] * (stop - start) for constant in constants]
            yield columns

    def _require_keys(self) -> None:
        key = list(self._dataset.key)
        missing = [name for name in key if name not in self._frame]
        if missing and len(self):
            raise ValueError(f"the frame of {self._dataset.name} lacks its key: {missing}")
        if missing:
            return
        keys = self._frame[key]
        void = keys.isna().any(axis=1).to_numpy()
        if void.any():
            raise DataRefused(
                t("{dataset}: row {row} has no {key}",
                  dataset=self._dataset.name, row=int(void.argmax()) + 1, key=", ".join(key)),
                field=key[0],
            )  # fmt: skip
        twice = keys.duplicated().to_numpy()
        if twice.any():
            value = self._key_of(int(twice.argmax()))
            raise DataRefused(
                t("{dataset}: {key} occurs more than once", dataset=self._dataset.name, key=value),
                field=key[0],
                value=value,
            )

    def _key_of(self, position: int) -> str:
        return " ".join(str(self._frame[name].iloc[position]) for name in self._dataset.key)

    def _values(self, name: str, start: int, stop: int) -> list[Any]:
        if name not in self._frame:
            return [None] * (stop - start)
        values = self._frame[name].iloc[start:stop].tolist()
        converter = _converter(self._dataset.live.c[name].type)
        try:
            return converter(values)
        except _BadValue as bad:
            raise DataRefused(
                t("{dataset} {key}: {value} is not valid for {column}",
                  dataset=self._dataset.name, key=self._key_of(start + bad.position),
                  value=repr(values[bad.position]), column=name),
                field=name,
                value=repr(values[bad.position]),
                expected=bad.expected,
            ) from bad  # fmt: skip

    def _geometries(self, start: int, stop: int) -> list[Any]:
        assert self._geometry is not None
        assert self._dataset.geometry is not None
        geometries = _as_type(self._geometry[start:stop], self._dataset.geometry)
        wrong = _wrong_type(geometries, self._dataset.geometry)
        if wrong.any():
            position = int(wrong.argmax())
            raise DataRefused(
                t("{dataset} {key}: geometry is a {found}, expected {expected}",
                  dataset=self._dataset.name, key=self._key_of(start + position),
                  found=geometries[position].geom_type, expected=self._dataset.geometry),
                field="geometry",
                value=geometries[position].geom_type,
                expected=self._dataset.geometry,
            )  # fmt: skip
        return list(geometries)


class _BadValue(Exception):
    """A value does not fit its column; the caller says which row it is in."""

    def __init__(self, position: int, expected: str) -> None:
        super().__init__(position, expected)
        self.position = position
        self.expected = expected


def _geometry(dataset: Dataset, frame: pd.DataFrame) -> NDArray[np.object_] | None:
    if dataset.geometry is None:
        return None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise ValueError(f"{dataset.name} needs a GeoDataFrame")
    if frame.crs is None or CRS(frame.crs).to_epsg() != SRID:
        raise ValueError(f"the frame of {dataset.name} must be in EPSG:{SRID}, not {frame.crs}")
    geometries: NDArray[np.object_] = np.asarray(frame.geometry.array, dtype=object)
    return geometries


def _require_known_columns(dataset: Dataset, frame: pd.DataFrame) -> None:
    geometry = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) and dataset.geometry else None
    unknown = [name for name in frame.columns if name not in dataset.columns and name != geometry]
    if unknown:
        raise ValueError(f"{dataset.name} has no columns {unknown}; it has {list(dataset.columns)}")


def _converter(column_type: TypeEngine[Any]) -> Callable[[list[Any]], list[Any]]:
    """Return what checks and converts the values of a column."""
    if isinstance(column_type, JsonText):
        return _jsons
    if isinstance(column_type, Boolean):
        return lambda values: _scalars(values, bool, (bool, np.bool_), "true / false")
    if isinstance(column_type, Integer):
        return lambda values: _scalars(values, int, (int, np.integer), "integer")
    if isinstance(column_type, Double):
        return lambda values: _scalars(values, float, (float, int, np.floating, np.integer), "number")
    return _texts


def _texts(values: list[Any]) -> list[str | None]:
    texts = [v if type(v) is str else _text(v, position) for position, v in enumerate(values)]
    _require_storable(texts)
    return texts


def _text(value: Any, position: int) -> str | None:
    if _is_missing(value):
        return None
    if isinstance(value, str):
        return str(value)
    raise _BadValue(position, "text")


def _require_storable(texts: list[str | None]) -> None:
    """Refuse what databases cannot hold as text: NUL, and halves of surrogate pairs."""
    everything = "".join(filter(None, texts))
    if "\0" not in everything and _is_encodable(everything):
        return
    for position, value in enumerate(texts):
        if value and ("\0" in value or not _is_encodable(value)):
            raise _BadValue(position, "Unicode text without NUL")


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _jsons(values: list[Any]) -> list[str | None]:
    """Write JSON in its one form; equal texts are parsed once."""
    known: dict[str, str | None] = {}
    written: list[str | None] = []
    for position, value in enumerate(values):
        if isinstance(value, str):
            if value not in known:
                known[value] = _json(value, position)
            written.append(known[value])
        else:
            written.append(_json(value, position))
    return written


def _json(value: Any, position: int) -> str | None:
    try:
        if isinstance(value, str):
            return to_json(orjson.loads(value))
        if isinstance(value, (list, dict, tuple, np.ndarray)):
            return to_json(list(value) if isinstance(value, (tuple, np.ndarray)) else value)
    except (orjson.JSONDecodeError, TypeError) as error:
        raise _BadValue(position, "JSON") from error
    if _is_missing(value):
        return None
    raise _BadValue(position, "JSON")


def _scalars(values: list[Any], kind: type, accepted: tuple[type, ...], expected: str) -> list[Any]:
    converted: list[Any] = []
    for position, value in enumerate(values):
        if _is_missing(value):
            converted.append(None)
        elif isinstance(value, accepted) and not (isinstance(value, float) and math.isinf(value)):
            converted.append(kind(value))
        elif kind is int and isinstance(value, float) and value.is_integer():
            # pandas turns integers with gaps into floats
            converted.append(int(value))
        else:
            raise _BadValue(position, expected)
    return converted


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def _as_type(geometries: NDArray[np.object_], geometry_type: str) -> NDArray[np.object_]:
    """Wrap single geometries into multiple ones where those are wanted."""
    part = _PART_OF.get(geometry_type)
    if part is None:
        return geometries
    single = shapely.get_type_id(geometries) == _TYPE_ID[part]
    empty = single & shapely.is_empty(geometries)
    single &= ~empty
    wrapped = geometries.copy()
    wrapped[empty] = shapely.from_wkt(f"{geometry_type} EMPTY")
    if single.any():
        wrapped[single] = _COLLECT[geometry_type](geometries[single], indices=np.arange(single.sum()))
    return wrapped


def _wrong_type(geometries: NDArray[np.object_], geometry_type: str) -> NDArray[np.bool_]:
    found = shapely.get_type_id(geometries)
    allowed = range(8) if geometry_type == "GEOMETRY" else (_TYPE_ID[geometry_type],)
    wrong: NDArray[np.bool_] = ~np.isin(found, [-1, *allowed])
    return wrong
