"""All places of a registry in memory, by text (地名地址索引): read once for each state of the registry."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from sqlalchemy import ColumnElement

from geocoding.levels import Level
from geocoding.matching.index import TextIndex, encoded
from geocoding.matching.plates import Plates
from geocoding.matching.scores import Spots, meant, probabilities
from geocoding.matching.things import DATASETS, LEVELS, PLATE_ACCURACY, Named, Piece, read_things
from geocoding.matching.tokens import Tokens, plate_at, tokens
from geocoding.matching.upper_levels import UpperLevels
from gis.degrees import metres_per_degree
from gis.edition_records import basis
from gis.models import DATASETS as MODELS
from gis.read import read_frame
from gis.registry import Registry

_VILLAGE = ("村", "庄", "屯", "寨", "社区")
_ZONE = ("苑", "园", "小区", "新村", "邨", "花园")


@dataclass(frozen=True, slots=True)
class Candidates:
    """What fits queries, best first, one row for each query.

    ``texts`` are numbers of texts, -1 for none; ``likely`` probabilities; ``meant``, one for each query, the
    probability that it means something registered; ``conflicts`` tells numbers that differ and ``left``
    numbers of the query that the text does not have.
    """

    texts: NDArray[np.int32]
    likely: NDArray[np.float64]
    meant: NDArray[np.float64]
    conflicts: NDArray[np.bool_]
    left: NDArray[np.bool_]


class PlaceIndex:
    """Addresses, places, streets and divisions of a registry, and the streets that plates imply.

    Parameters
    ----------
    registry : Registry
    as_of : datetime, optional
        Moment whose rows are read; now by default.

    Notes
    -----
    Things are numbered; the streets that addresses imply (those before their plates) come behind those of the
    registry. Everything is in arrays: some 400 bytes an address.
    """

    def __init__(self, registry: Registry, as_of: datetime | None = None) -> None:
        self._registry, self._as_of = registry, as_of
        self.upper = UpperLevels(registry, as_of)
        pieces: list[Piece] = []
        codes, offsets = encoded(_texts(read_things(registry, self.upper, as_of), pieces))
        sizes = [len(piece.lon) for piece in pieces]
        firsts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.codes = _chunked([piece.codes for piece in pieces])
        self.names = _chunked([piece.names for piece in pieces])
        self.dataset = np.repeat(np.array([piece.dataset for piece in pieces], np.uint8), sizes)
        self.lon, self.lat = _joined(pieces, "lon", np.float64), _joined(pieces, "lat", np.float64)
        self.extents, self.levels = (
            _joined(pieces, "extents", np.float32),
            _joined(pieces, "levels", np.uint8),
        )
        self.retired = _joined(pieces, "retired", np.bool_)
        owners = [first + np.array(p.owners, np.int32) for first, p in zip(firsts[:-1], pieces, strict=True)]
        self.owners = np.concatenate(owners or [np.empty(0)]).astype(np.int32)
        self.named = np.concatenate([np.array(p.named, np.uint8) for p in pieces] or [np.empty(0, np.uint8)])
        del pieces, owners
        self.things = len(self.lon)
        self._add_streets(codes, offsets)

    def _add_streets(self, codes: NDArray[np.int32], offsets: NDArray[np.int64]) -> None:
        """Put the streets that plates imply behind the things of the registry."""
        eligible = (self.dataset[self.owners] == DATASETS.index("addresses")) & (self.named == Named.STANDARD)
        self.plates = Plates(codes, offsets, eligible, self.lon[self.owners], self.lat[self.owners])
        self._street_of = np.full(self.things + len(self.plates), -1, np.int32)
        implied = np.arange(self.things, self.things + len(self.plates), dtype=np.int32)
        self._street_of[self.owners[self.plates.members]] = np.repeat(implied, np.diff(self.plates.starts))
        street_codes, street_offsets = self.plates.streets(codes, offsets)
        texts, extents = self.plates.centres()
        self.sources = self.owners[texts]
        self.lon = np.concatenate([self.lon, self.lon[self.sources]])
        self.lat = np.concatenate([self.lat, self.lat[self.sources]])
        self.extents = np.concatenate([self.extents, np.maximum(extents, 30.0).astype(np.float32)])
        self.owners = np.concatenate([self.owners, implied])
        self.named = np.concatenate([self.named, np.zeros(len(implied), np.uint8)])
        self.index = TextIndex(
            np.concatenate([codes, street_codes]), np.concatenate([offsets, offsets[-1] + street_offsets[1:]])
        )

    def __len__(self) -> int:
        return self.things

    @property
    def nbytes(self) -> int:
        """Memory that the arrays take, in bytes."""
        arrays = (self.dataset, self.lon, self.lat, self.extents, self.levels, self.owners, self.named)
        texts = int(self.codes.nbytes) + int(self.names.nbytes)
        own: int = sum(int(one.nbytes) for one in arrays)
        return self.index.nbytes + texts + own

    def candidates(self, queries: Sequence[Tokens]) -> Candidates:
        """Find what fits texts best."""
        found = self.index.match(queries)
        spots = self.spots(found.texts)
        known = meant(found.features, spots)
        return Candidates(
            found.texts,
            np.minimum(probabilities(found.features, spots), known[:, None]),
            known,
            found.features[:, :, 4] > 0,
            found.features[:, :, 6] > 0,
        )

    def spots(self, texts: NDArray[np.int32]) -> Spots:
        """Return where texts lie, in metres; -1 stands for none."""
        present = texts >= 0
        owners = self.owners[np.where(present, texts, 0)] if len(self.owners) else np.zeros_like(texts)
        lon, lat, extents = (
            axis[owners] if len(axis) else np.zeros(owners.shape)
            for axis in (self.lon, self.lat, self.extents)
        )
        per_lon, per_lat = metres_per_degree(float(lat[present].mean()) if present.any() else 0.0)
        areas = np.where(extents > PLATE_ACCURACY, extents, 0.0)
        return Spots(present, lon * per_lon, lat * per_lat, areas.astype(np.float64))

    def line(self, thing: int) -> shapely.Geometry | None:
        """Return the centre line of a street of the registry; None of what has none."""
        if thing >= self.things or DATASETS[self.dataset[thing]] != "streets":
            return None
        frame = self.read("streets", MODELS["streets"].live.c.code == str(self.codes[thing].as_py()))
        return frame["geometry"].iloc[0] if len(frame) else None

    def read(self, dataset: str, where: ColumnElement[bool]) -> pd.DataFrame:
        """Read code, name and geometry of some rows, of the moment whose rows the index has."""
        columns = ["code", "name", "geometry"]
        return read_frame(self._registry, dataset, columns=columns, where=where, as_of=self._as_of)

    def points_of(self, thing: int) -> NDArray[np.float64]:
        """Return longitude and latitude of the plates of an implied street, of anything else its point."""
        if thing < self.things:
            return np.array([[self.lon[thing], self.lat[thing]]])
        street = thing - self.things
        owners = self.owners[self.plates.members[self.plates.starts[street] : self.plates.starts[street + 1]]]
        return np.stack([self.lon[owners], self.lat[owners]], axis=1)

    def street_of(self, things: NDArray[np.intp]) -> NDArray[np.int32]:
        """Return the implied streets in which plates stand, as things; -1 for what is no plate."""
        return np.asarray(self._street_of[things])

    def level(self, thing: int) -> Level:
        """Return which level of an address a thing is."""
        if thing < self.things:
            known: Level = LEVELS[int(self.levels[thing])]
            return known
        name = self.name(thing)
        if name.endswith(_ZONE):
            return Level.ZONE
        return Level.COMMUNITY if name.endswith(_VILLAGE) else Level.STREET

    def name(self, thing: int) -> str:
        """Return the standard text of a thing: of an implied street, that of an address up to its plate."""
        if thing < self.things:
            return str(self.names[thing].as_py())
        return before_plate(str(self.names[int(self.sources[thing - self.things])].as_py()))


_kept: WeakKeyDictionary[Registry, tuple[object, PlaceIndex]] = WeakKeyDictionary()
_lock = threading.Lock()


def place_index(registry: Registry, as_of: datetime | None = None) -> PlaceIndex:
    """Return the index of a registry as it is now, or was at a moment; kept until an edition changes it."""
    with registry.connect() as connection:
        editions = basis(connection)
    state = (as_of, *(editions.get(dataset) for dataset in (*DATASETS, "grids")))
    with _lock:
        kept = _kept.get(registry)
        if kept is None or kept[0] != state:
            kept = (state, PlaceIndex(registry, as_of))
            _kept[registry] = kept
        return kept[1]


def before_plate(address: str) -> str:
    """Return an address up to the number of its plate.

    Examples
    --------
    >>> before_plate("巴南区尚文大道1398号3栋")
    '巴南区尚文大道'
    """
    read = tokens(address)
    at = plate_at(read.codes.tolist())
    return address if at is None else address[: read.spans[at][0]].rstrip()


def _texts(pieces: Iterator[Piece], kept: list[Piece]) -> Iterator[str]:
    """Yield the texts of pieces, which are kept without them."""
    for piece in pieces:
        yield from piece.texts
        piece.texts.clear()
        kept.append(piece)


def _joined(pieces: list[Piece], name: str, kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([getattr(piece, name) for piece in pieces] or [np.empty(0, kind)]).astype(kind)


def _chunked(arrays: list[pa.Array]) -> pa.ChunkedArray:
    return pa.chunked_array(arrays, pa.large_string())
