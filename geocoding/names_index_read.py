"""Read what is found by its name from a registry into memory."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geocoding.names import read_names
from geocoding.names_index_addresses import AddressTexts
from geocoding.names_index_book import ADDRESSES, KINDS, Book, Spots
from geocoding.names_index_lists import Names, NumberedTexts, joined_numbers
from geocoding.names_index_text import folded
from gis.models import DATASETS
from gis.read import read_chunks, read_frame
from gis.registry import Registry

#: The column with the name of a thing, then those with lists of its further names.
NAMES: Mapping[str, tuple[str, ...]] = {
    "divisions": ("name", "former_names"),
    "streets": ("name", "aliases", "former_names"),
    "places": ("name", "aliases", "former_names"),
    "organisations": ("name", "short_names", "former_names"),
    "areas": ("name",),
    "grids": ("name",),
    "addresses": ("address", "former_names"),
}


class Stopped(Exception):
    """Reading was given up because nobody needs it any more."""


def read_book(
    registry: Registry,
    *,
    since: Mapping[str, int] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Book:
    """Read all names of a registry, or those of rows that newer editions wrote.

    Parameters
    ----------
    registry : Registry
    since : mapping, optional
        For each dataset to be read, the edition whose rows and those of older ones are left out.
    stopped : callable
        Asked between pieces whether to give up.

    Raises
    ------
    Stopped
    """
    reading = _Reading()
    for dataset in NAMES if since is None else since:
        with closing(_frames(registry, dataset, since)) as frames:
            for frame in frames:
                if stopped():
                    raise Stopped
                reading.put(dataset, frame, *_centres(registry, dataset, frame))
    return reading.book()


def _frames(
    registry: Registry, dataset: str, since: Mapping[str, int] | None
) -> Generator[pd.DataFrame, None, None]:
    place = "geometry" if DATASETS[dataset].geometry else "division_code"
    columns = ["fid", place, *NAMES[dataset]]
    if since is None:
        yield from read_chunks(registry, dataset, columns=columns)
    else:
        newer = DATASETS[dataset].live.c.edition > since[dataset]
        yield read_frame(registry, dataset, columns=columns, where=newer)


def _centres(
    registry: Registry, dataset: str, frame: pd.DataFrame
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the middles of rectangles around things; an organisation is where its division is."""
    if DATASETS[dataset].geometry:
        return _middles(frame["geometry"])
    codes = [code for code in frame["division_code"].unique() if isinstance(code, str)]
    where = DATASETS["divisions"].live.c.code.in_(codes)
    divisions = read_frame(registry, "divisions", columns=["code", "geometry"], where=where)
    at = pd.Index(divisions["code"]).get_indexer(frame["division_code"])
    lon, lat = (np.append(axis, np.float32(np.nan)) for axis in _middles(divisions["geometry"]))
    return lon[at], lat[at]


def _middles(shapes: pd.Series) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    west, south, east, north = shapely.bounds(np.asarray(shapes, dtype=object)).reshape(-1, 4).T
    return ((west + east) / 2).astype(np.float32), ((south + north) / 2).astype(np.float32)


class _Placed:
    """Spots, piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[tuple[NDArray[Any], ...]] = []
        self.count = 0

    def add(self, kind: int, fids: Any, lon: NDArray[np.float32], lat: NDArray[np.float32]) -> None:
        self._pieces.append((np.full(len(lon), kind, np.uint8), np.asarray(fids, np.int64), lon, lat))
        self.count += len(lon)

    def spots(self) -> Spots:
        none = (
            np.empty(0, np.uint8),
            np.empty(0, np.int64),
            np.empty(0, np.float32),
            np.empty(0, np.float32),
        )
        kinds, fids, lon, lat = map(np.concatenate, zip(none, *self._pieces, strict=True))
        return Spots(kinds, fids, lon, lat)


class _Reading:
    """What was read so far; each text is kept once."""

    def __init__(self) -> None:
        self._things, self._plates = _Placed(), _Placed()
        self._names, self._addresses = NumberedTexts(), AddressTexts()
        self._of_name, self._of_thing = array("i"), array("i")

    def put(
        self, dataset: str, frame: pd.DataFrame, lon: NDArray[np.float32], lat: NDArray[np.float32]
    ) -> None:
        own, *further = NAMES[dataset]
        kind, fids = KINDS.index(dataset), frame["fid"]
        if kind == ADDRESSES:
            for address in frame[own]:
                self._addresses.put(folded(address))
            self._plates.add(kind, fids, lon, lat)
            self._put_former_addresses(frame, lon, lat)
            return
        first = self._things.count
        self._things.add(kind, fids, lon, lat)
        for at, name in enumerate(frame[own]):
            self._put_name(name, first + at)
        for column in further:
            for at, stored in enumerate(frame[column]):
                self._put_list(stored, first + at)

    def book(self) -> Book:
        names = Names(list(self._names), joined_numbers(self._of_name), joined_numbers(self._of_thing))
        return Book(names, self._things.spots(), self._addresses.addresses(), self._plates.spots())

    def _put_former_addresses(
        self, frame: pd.DataFrame, lon: NDArray[np.float32], lat: NDArray[np.float32]
    ) -> None:
        """Few addresses have any, so these are names like others."""
        at = np.flatnonzero(frame["former_names"].notna())
        first = self._things.count
        self._things.add(ADDRESSES, frame["fid"].iloc[at], lon[at], lat[at])
        for number, stored in enumerate(frame["former_names"].iloc[at], start=first):
            self._put_list(stored, number)

    def _put_list(self, stored: object, thing: int) -> None:
        for one in read_names(stored) if isinstance(stored, str) else ():
            self._put_name(one.name, thing)

    def _put_name(self, name: object, thing: int) -> None:
        text = folded(name) if isinstance(name, str) else ""
        if text:
            self._of_name.append(self._names[text])
            self._of_thing.append(thing)
