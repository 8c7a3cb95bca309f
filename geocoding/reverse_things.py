"""What addresses are composed from, as columns: door plates, points of interest, streets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geocoding.place_types import PLACE_TYPES, PLATE, POI
from geocoding.reverse_ground import Ground, half_diagonals
from geocoding.validity import is_retired
from gis.dates import parse_date
from gis.read import Bounds, read_chunks, read_frame
from gis.registry import Registry

DATASETS = ("addresses", "places", "streets")

_DATES = "state valid_from_date valid_to_date geometry"
_PLACE = f"street_name street_code zone_name district_name town_name {_DATES}"
_COLUMNS = {
    "addresses": f"code address {_PLACE}".split(),
    "places": f"code name type {_PLACE}".split(),
    "streets": f"code name {_DATES}".split(),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read: a registry, now or at a moment, all of it or what meets a rectangle (degrees)."""

    registry: Registry
    as_of: datetime | None = None
    bounds: Bounds | None = None

    def frames(self, dataset: str) -> Iterator[pd.DataFrame]:
        """Yield the rows of a dataset that are in force and have a name and a place, piece by piece."""
        day = (self.as_of or datetime.now(UTC)).date()
        name = "address" if dataset == "addresses" else "name"
        for frame in self._pieces(dataset):
            placed = ~(shapely.is_missing(frame["geometry"]) | shapely.is_empty(frame["geometry"]))
            yield frame[placed & frame[name].notna().to_numpy() & _in_force(frame, day)]

    def _pieces(self, dataset: str) -> Iterator[pd.DataFrame]:
        columns = _COLUMNS[dataset]
        if self.as_of is None and self.bounds is None:
            return read_chunks(self.registry, dataset, columns=columns)
        return iter([read_frame(self.registry, dataset, columns=columns, bbox=self.bounds, as_of=self.as_of)])


@dataclass(frozen=True, slots=True)
class Streets:
    """Streets with their lines, by code.

    Attributes
    ----------
    codes, names : list of str
    shapes : ndarray of geometries
        EPSG:4490.
    reach_m : ndarray of float64
        Half the diagonal of each, metres.
    numbers : ndarray of int32
        One for each name, as ``number_of`` has them.
    """

    codes: list[str]
    names: list[str]
    shapes: NDArray[np.object_]
    reach_m: NDArray[np.float64]
    numbers: NDArray[np.int32]
    number_of: dict[str, int]

    @classmethod
    def read(cls, reading: Reading) -> Streets:
        """Read the streets."""
        rows = [
            row
            for frame in reading.frames("streets")
            for row in zip(frame["code"], frame["name"], frame["geometry"], strict=True)
        ]
        rows.sort(key=lambda row: str(row[0]))
        codes, names = ([str(row[column]) for row in rows] for column in (0, 1))
        number_of: dict[str, int] = {}
        numbers = [number_of.setdefault(name, len(number_of)) for name in names]
        shapes = np.array([*(row[2] for row in rows), None], dtype=object)[:-1]
        return cls(codes, names, shapes, half_diagonals(shapes), np.array(numbers, np.int32), number_of)


@dataclass(frozen=True, slots=True)
class NamedThings:
    """Plates or points of interest, ordered by dataset and code.

    Attributes
    ----------
    datasets : ndarray of uint8
        Positions in :data:`DATASETS`.
    codes, texts : pyarrow arrays of text
    shapes : ndarray of geometries
        EPSG:4490; of plates empty, their points are in ``lon`` and ``lat`` (degrees).
    streets : ndarray of int32
        The number of the street it states, see :class:`Streets`; -1 where it states none that is known.
    towns : ndarray of int32
        The township it lies in, a row of :class:`geocoding.reverse_ground.Ground`; -1 in none.
    uppers : ndarray of int32
        Positions in ``upper_names``: the names of the levels above it, highest first.
    """

    datasets: NDArray[np.uint8]
    codes: pa.Array
    texts: pa.Array
    shapes: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    streets: NDArray[np.int32]
    towns: NDArray[np.int32]
    uppers: NDArray[np.int32]
    upper_names: Sequence[tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.lon)


class _Collecting:
    """Rows as they are read."""

    def __init__(self, ground: Ground, streets: Streets, *, plates: bool) -> None:
        self._ground, self._streets, self._plates = ground, streets, plates
        self._street_names = dict(zip(streets.codes, streets.names, strict=True))
        self._known: dict[tuple[str, ...], int] = {}
        self._columns: dict[str, list[Any]] = {name: [] for name in NamedThings.__slots__[:-1]}

    def add(self, dataset: str, frame: pd.DataFrame) -> None:
        """Take over rows of one dataset."""
        shapes = np.asarray(frame["geometry"], dtype=object)
        inside = shapely.point_on_surface(shapes)
        lon, lat = shapely.get_x(inside), shapely.get_y(inside)
        towns = self._ground.street.locate(lon, lat)
        counties = self._ground.county.locate(lon, lat)
        streets = self._stated_streets(frame)
        add = {name: values.append for name, values in self._columns.items()}
        add["datasets"](np.full(len(frame), DATASETS.index(dataset), np.uint8))
        add["codes"](pa.array([str(code) for code in frame["code"]], pa.large_string()))
        texts = frame["address" if dataset == "addresses" else "name"]
        add["texts"](pa.array([str(text) for text in texts], pa.large_string()))
        add["shapes"](np.empty(0, object) if self._plates else shapes)
        add["lon"](lon)
        add["lat"](lat)
        numbers = self._streets.number_of
        add["streets"](np.array([-1 if s is None else numbers.get(s, -1) for s in streets], np.int32))
        add["towns"](towns.astype(np.int32))
        add["uppers"](self._uppers(frame, counties, towns, streets))

    def _stated_streets(self, frame: pd.DataFrame) -> list[str | None]:
        return [
            name if isinstance(name, str) else self._street_names.get(code)
            for name, code in zip(frame["street_name"], frame["street_code"], strict=True)
        ]

    def _uppers(
        self,
        frame: pd.DataFrame,
        counties: NDArray[np.int64],
        towns: NDArray[np.int64],
        streets: list[str | None],
    ) -> NDArray[np.int32]:
        """Number the levels above rows: stated names before those of where it lies.

        A point of interest is delimited by its street, else by its zone; the text of a plate says its own.
        """
        ground, found = self._ground, []
        zones = frame["zone_name"].tolist()
        stated = zip(frame["district_name"], frame["town_name"], strict=True)
        for at, (district, town) in enumerate(stated):
            county = district if isinstance(district, str) else ground.county.name(int(counties[at]))
            township = town if isinstance(town, str) else ground.street.name(int(towns[at]))
            zone = zones[at] if isinstance(zones[at], str) else None
            limit = None if self._plates else streets[at] or zone
            names = tuple(name for name in (county, township, limit) if name)
            found.append(self._known.setdefault(names, len(self._known)))
        return np.array(found, np.int32)

    def things(self) -> NamedThings:
        """Return all rows in order."""
        columns = {
            name: pa.chunked_array(parts, pa.large_string()).combine_chunks()
            if name in ("codes", "texts")
            else np.concatenate([*parts, np.empty(0, _KINDS[name])]).astype(_KINDS[name])
            for name, parts in self._columns.items()
        }
        keys = pa.table({"dataset": columns["datasets"], "code": columns["codes"]})
        order = pc.sort_indices(keys, sort_keys=[("dataset", "ascending"), ("code", "ascending")])
        places = order.to_numpy()
        ordered = {
            name: column.take(order)
            if name in ("codes", "texts")
            else column[places]
            if len(column)
            else column
            for name, column in columns.items()
        }
        return NamedThings(**ordered, upper_names=tuple(self._known))


_KINDS: dict[str, Any] = {
    "datasets": np.uint8,
    "shapes": object,
    "lon": np.float64,
    "lat": np.float64,
    "streets": np.int32,
    "towns": np.int32,
    "uppers": np.int32,
}


def read_named(reading: Reading, ground: Ground, streets: Streets) -> tuple[NamedThings, NamedThings]:
    """Read door plates and points of interest.

    A plate may be registered among the places; whatever type a place has that is none of the six is that of
    a point of interest.
    """
    plates, pois = (_Collecting(ground, streets, plates=kind) for kind in (True, False))
    for frame in reading.frames("addresses"):
        plates.add("addresses", frame)
    for frame in reading.frames("places"):
        types = frame["type"]
        plates.add("places", frame[(types == PLATE).to_numpy(dtype=bool, na_value=False)])
        others = types.isin([one for one in PLACE_TYPES if one != POI])
        pois.add("places", frame[~others.to_numpy(dtype=bool, na_value=False)])
    return plates.things(), pois.things()


def _in_force(frame: pd.DataFrame, day: date) -> NDArray[np.bool_]:
    rows: list[tuple[Any, ...]] = list(
        zip(*(frame[name].tolist() for name in ("state", "valid_from_date", "valid_to_date")), strict=True)
    )
    texts = [tuple(one if isinstance(one, str) else None for one in row) for row in rows]
    known = {row: _holds(day, *row) for row in set(texts)}
    return np.array([known[row] for row in texts], dtype=np.bool_)


def _holds(day: date, state: str | None, since: str | None, until: str | None) -> bool:
    first = parse_date(since) if since else None
    return not is_retired(state, until, day) and (first is None or first <= day)
