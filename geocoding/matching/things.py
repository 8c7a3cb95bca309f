"""What can be found, read from a registry piece by piece: addresses, places, streets, divisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geocoding.levels import Level
from geocoding.matching.upper_levels import UpperLevels
from geocoding.names import read_names
from geocoding.place_types import BLOCK, REGION, ZONE
from geocoding.validity import is_retired
from gis.degrees import metres_per_degree
from gis.read import read_chunks, read_frame
from gis.registry import Registry

DATASETS = ("addresses", "places", "streets", "divisions")
"""Where things come from, in the order of their numbers."""

LEVELS = tuple(Level)

PLATE_ACCURACY = 10.0
"""Metres that the point of a plate or of a point of interest may be off the door."""

_COLUMNS = {
    "addresses": "code address former_names district_name town_name community_name state valid_to_date"
    " geometry",
    "places": "code name type aliases former_names district_name town_name community_name street_name state"
    " valid_to_date geometry",
    "streets": "code name aliases former_names district_name town_name state valid_to_date geometry",
    "divisions": "code name level former_names geometry",
}
_DIVISION_LEVELS = {"county": Level.COUNTY, "street": Level.TOWNSHIP, "community": Level.COMMUNITY}
_ZONES = {REGION: Level.ZONE, ZONE: Level.ZONE, BLOCK: Level.ZONE}


class Named(IntEnum):
    """By which of its names a thing is found."""

    STANDARD = 0
    ALIAS = 1
    FORMER = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """Some things of one dataset, and the texts they are found by.

    ``texts`` are what is compared, with upper levels in front; ``owners`` the positions in the piece of the
    things they belong to; ``named`` how. ``lon``, ``lat`` are degrees in EPSG:4490, ``extents`` metres.
    """

    dataset: int
    codes: pa.Array
    names: pa.Array
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    extents: NDArray[np.float32]
    levels: NDArray[np.uint8]
    retired: NDArray[np.bool_]
    texts: list[str]
    owners: list[int]
    named: list[int]


def read_things(registry: Registry, upper: UpperLevels, as_of: datetime | None = None) -> Iterator[Piece]:
    """Read what can be found now, or could be at a moment."""
    day = (as_of or datetime.now(UTC)).date()
    for number, dataset in enumerate(DATASETS):
        columns = _COLUMNS[dataset].split()
        frames = (
            read_chunks(registry, dataset, columns=columns)
            if as_of is None
            else iter([read_frame(registry, dataset, columns=columns, as_of=as_of)])
        )
        for frame in frames:
            placed = frame[~shapely.is_missing(frame["geometry"]) & ~shapely.is_empty(frame["geometry"])]
            if len(placed):
                yield _piece(number, dataset, placed, upper, day)


def _piece(number: int, dataset: str, frame: pd.DataFrame, upper: UpperLevels, day: date) -> Piece:
    shapes = np.asarray(frame["geometry"], dtype=object)
    inside = shapely.point_on_surface(shapes)
    lon, lat = shapely.get_x(inside), shapely.get_y(inside)
    name = "address" if dataset == "addresses" else "name"
    names = [str(one) for one in frame[name]]
    texts, owners, named = _texts(frame, names, upper.before(dataset, frame, lon, lat))
    return Piece(
        number,
        pa.array([str(one) for one in frame["code"]], pa.large_string()),
        pa.array(names, pa.large_string()),
        lon,
        lat,
        _extents(shapes, lat),
        _levels(dataset, frame),
        _retired(frame, day),
        texts,
        owners,
        named,
    )


def _texts(
    frame: pd.DataFrame, names: list[str], before: list[list[str]]
) -> tuple[list[str], list[int], list[int]]:
    texts = [_completed(name, above) for name, above in zip(names, before, strict=True)]
    owners, named = list(range(len(names))), [int(Named.STANDARD)] * len(names)
    for column, kind in (("aliases", Named.ALIAS), ("former_names", Named.FORMER)):
        if column not in frame:
            continue
        for at, stored in enumerate(frame[column]):
            for other in read_names(stored) if isinstance(stored, str) else ():
                texts.append(_completed(other.name, before[at]))
                owners.append(at)
                named.append(int(kind))
    return texts, owners, named


def _completed(name: str, above: list[str]) -> str:
    """Put in front of a name those of its upper levels that it does not say itself."""
    return "".join(one for one in above if one not in name) + name


def _extents(shapes: NDArray[np.object_], lat: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return half the diagonal of shapes in metres, that of a plate for points."""
    west, south, east, north = shapely.bounds(shapes).T
    per_lon, per_lat = metres_per_degree(lat)
    half = np.hypot((east - west) * per_lon, (north - south) * per_lat) / 2
    return np.asarray(np.maximum(half, PLATE_ACCURACY), dtype=np.float32)


def _levels(dataset: str, frame: pd.DataFrame) -> NDArray[np.uint8]:
    if dataset == "divisions":
        levels = [_DIVISION_LEVELS.get(str(one), Level.COMMUNITY) for one in frame["level"]]
    elif dataset == "places":
        levels = [_ZONES.get(one, Level.POI) if isinstance(one, str) else Level.POI for one in frame["type"]]
    else:
        levels = [Level.PLATE if dataset == "addresses" else Level.STREET] * len(frame)
    return np.array([LEVELS.index(level) for level in levels], dtype=np.uint8)


def _retired(frame: pd.DataFrame, day: date) -> NDArray[np.bool_]:
    if "state" not in frame:
        return np.zeros(len(frame), dtype=bool)
    pairs: list[tuple[Any, Any]] = list(zip(frame["state"], frame["valid_to_date"], strict=True))
    known = {pair: is_retired(_text(pair[0]), _text(pair[1]), day) for pair in set(pairs)}
    return np.array([known[pair] for pair in pairs], dtype=bool)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
