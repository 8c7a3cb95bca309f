"""Things and addresses by their names, in memory, best first for what is typed and where the map is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocoding.names_index_addresses import Addresses, Parts
from geocoding.names_index_lists import Met, Names, any_member
from gis.degrees import metres_per_degree

KINDS = ("divisions", "streets", "places", "organisations", "areas", "grids", "addresses", "components")
"""Datasets in the order in which what they hold is told, where it fits equally well."""

ADDRESSES = KINDS.index("addresses")

_FAR = 1e7
_PER_LEVEL = 1e9


@dataclass(frozen=True, slots=True)
class Spots:
    """Things side by side: number of the dataset, ``fid``, degrees in EPSG:4490 or NaN."""

    kinds: NDArray[np.uint8]
    fids: NDArray[np.int64]
    lon: NDArray[np.float32]
    lat: NDArray[np.float32]

    @property
    def nbytes(self) -> int:
        """Memory that the arrays take, in bytes."""
        return int(self.kinds.nbytes + self.fids.nbytes + self.lon.nbytes + self.lat.nbytes)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What somebody may find, as masks of things and addresses, and of what leads to any; None allows all."""

    things: NDArray[np.bool_] | None = None
    addresses: NDArray[np.bool_] | None = None
    names: NDArray[np.bool_] | None = None
    parts: Parts = field(default_factory=Parts)


EVERYTHING = Allowed()


@dataclass(frozen=True, slots=True)
class Best:
    """What was found, best first: how well, how far from the map's centre in metres, how long its name is."""

    kinds: NDArray[np.uint8]
    fids: NDArray[np.int64]
    ranks: NDArray[np.int8]
    metres: NDArray[np.float64]
    lengths: NDArray[np.int32]
    looked: int


class Book:
    """Everything of a registry that is found by its name.

    Parameters
    ----------
    names, things
        Names, and the things they belong to.
    addresses, plates
        Addresses, and where they are.
    """

    def __init__(self, names: Names, things: Spots, addresses: Addresses, plates: Spots) -> None:
        self.names, self.things, self.addresses, self.plates = names, things, addresses, plates

    @property
    def nbytes(self) -> int:
        """Memory that the arrays take, in bytes."""
        return sum(part.nbytes for part in (self.names, self.things, self.addresses, self.plates))

    def allowed(self, things: NDArray[np.bool_], addresses: NDArray[np.bool_]) -> Allowed:
        """Return what may be found of masks of things and addresses."""
        return Allowed(
            things,
            addresses,
            self.names.allowed(things),
            Parts(
                any_member(self.addresses.by_stem, addresses), any_member(self.addresses.by_rest, addresses)
            ),
        )

    def find(
        self,
        query: str,
        wanted: int,
        *,
        centre: tuple[float, float] | None = None,
        allowed: Allowed = EVERYTHING,
    ) -> Best:
        """Find what a query means.

        Parameters
        ----------
        query : str
            Folded, not empty.
        wanted : int
            The most that is returned.
        centre : tuple of float, optional
            Longitude and latitude that results lie near.
        allowed : Allowed
            What may be found; everything by default.
        """
        things = self.names.met(query, allowed.names)
        plates = self.addresses.met(query, allowed.parts)
        parts = [
            _weighed(things, self.things, centre, allowed.things),
            _weighed(plates, self.plates, centre, allowed.addresses),
        ]
        kinds, fids, ranks, metres, lengths = (
            np.concatenate(columns) for columns in zip(*parts, strict=True)
        )
        best = _first(kinds, fids, ranks, metres, lengths, wanted)
        looked = things.looked + plates.looked
        return Best(kinds[best], fids[best], ranks[best], metres[best], lengths[best], looked)


def _weighed(
    met: Met, spots: Spots, centre: tuple[float, float] | None, allowed: NDArray[np.bool_] | None
) -> tuple[NDArray[Any], ...]:
    keep = slice(None) if allowed is None else allowed[met.numbers]
    numbers, ranks, lengths = met.numbers[keep], met.ranks[keep], met.lengths[keep]
    metres = _metres(spots, numbers, centre)
    return spots.kinds[numbers], spots.fids[numbers], ranks, metres, lengths


def _metres(
    spots: Spots, numbers: NDArray[np.int64], centre: tuple[float, float] | None
) -> NDArray[np.float64]:
    if centre is None:
        return np.zeros(len(numbers))
    per_lon, per_lat = metres_per_degree(centre[1])
    east = (spots.lon[numbers] - centre[0]) * per_lon
    north = (spots.lat[numbers] - centre[1]) * per_lat
    return np.asarray(np.nan_to_num(np.minimum(np.hypot(east, north), _FAR), nan=_FAR), np.float64)


def _first(
    kinds: NDArray[np.uint8],
    fids: NDArray[np.int64],
    ranks: NDArray[np.int8],
    metres: NDArray[np.float64],
    lengths: NDArray[np.int32],
    wanted: int,
) -> NDArray[np.int64]:
    """Return the places of the best, each thing once."""
    levels = ranks.astype(np.int64) * len(KINDS) + kinds
    scores = levels * _PER_LEVEL + metres * 10 + lengths / 1000
    # A thing is met by several of its names
    few = min(len(scores), 4 * wanted)
    near = np.argpartition(scores, few - 1)[:few] if few < len(scores) else np.arange(len(scores))
    ordered = near[np.lexsort((fids[near], lengths[near], metres[near], levels[near]))]
    things = fids[ordered] * len(KINDS) + kinds[ordered]
    _, at = np.unique(things, return_index=True)
    chosen: NDArray[np.int64] = ordered[np.sort(at)][:wanted]
    return chosen
