"""Plates by the street or village they stand in (门牌所在街巷): where it is, where a plate must be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geocoding.matching._plate_kernel import find_plates
from geocoding.matching.tokens import NUMBER, PLATE
from gis.degrees import metres_per_degree

_FARTHEST = 40
"""Numbers between two plates beyond which nothing is said of those between them."""

_FARTHEST_METRES = 500.0


@dataclass(frozen=True, slots=True)
class Interpolated:
    """Where a plate must be: degrees in EPSG:4490, and metres it may be off."""

    lon: float
    lat: float
    accuracy_m: float


class Plates:
    """Texts with a plate, grouped by what stands before it.

    Parameters
    ----------
    codes, offsets
        Tokens of addresses: see :class:`geocoding.matching.index.TextIndex`.
    eligible : ndarray of bool
        The texts that are addresses by their standard names.
    lon, lat : ndarray of float64
        Degrees in EPSG:4490, one for each text.
    """

    def __init__(
        self,
        codes: NDArray[np.int32],
        offsets: NDArray[np.int64],
        eligible: NDArray[np.bool_],
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
    ) -> None:
        self._lon, self._lat = lon, lat
        places = np.empty(len(offsets) - 1, np.int32)
        hashes = np.empty(len(offsets) - 1, np.int64)
        find_plates(codes, offsets, PLATE, places, hashes)
        texts = np.flatnonzero((places > 0) & eligible)
        at = offsets[texts] + places[texts]
        numbers = ((codes[at] - NUMBER) >> 5).astype(np.int32)
        order = np.lexsort((numbers, hashes[texts]))
        self.members, self._numbers = texts[order].astype(np.int32), numbers[order]
        starts = np.flatnonzero(np.diff(hashes[self.members], prepend=hashes[self.members[:1]] - 1))
        self.starts = np.append(starts, len(order)).astype(np.int64)
        self._lengths = places[self.members[self.starts[:-1]]]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def streets(
        self, codes: NDArray[np.int32], offsets: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the tokens before the plates, once for each street."""
        first = offsets[self.members[self.starts[:-1]]]
        ends = np.cumsum(self._lengths, dtype=np.int64)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - self._lengths, self._lengths)
        return codes[np.repeat(first, self._lengths) + within], np.concatenate([[0], ends])

    def centres(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the text whose plate is nearest to the middle of each street, and how far the others are.

        Returns
        -------
        texts : ndarray of int32
        extents : ndarray of float32
            Metres; that of the farthest plate.
        """
        lon, lat = self._lon[self.members], self._lat[self.members]
        sizes = np.diff(self.starts)
        street = np.repeat(np.arange(len(self)), sizes)
        per_lon, per_lat = metres_per_degree(lat)
        middle = (
            [np.add.reduceat(axis, self.starts[:-1]) / sizes for axis in (lon, lat)]
            if len(self)
            else [lon, lat]
        )
        far = np.hypot((lon - middle[0][street]) * per_lon, (lat - middle[1][street]) * per_lat)
        nearest = np.lexsort((far, street))[self.starts[:-1]]
        extents = np.maximum.reduceat(far, self.starts[:-1]) if len(self) else far
        return self.members[nearest], extents.astype(np.float32)

    def interpolate(self, street: int, number: int) -> Interpolated | None:
        """Return where a plate that is not registered must be, between those next to it on its side.

        Parameters
        ----------
        street : int
            Position of the street.
        number : int
            Of the plate. Its side is that of the plates that are odd or even like it.

        Returns
        -------
        Interpolated or None
            None where no two plates of that side have it between them.
        """
        begin, end = int(self.starts[street]), int(self.starts[street + 1])
        numbers, members = self._numbers[begin:end], self.members[begin:end]
        side = numbers % 2 == number % 2
        numbers, members = numbers[side], members[side]
        at = int(np.searchsorted(numbers, number))
        if not 0 < at < len(numbers) or numbers[at] - numbers[at - 1] > _FARTHEST:
            return None
        share = (number - numbers[at - 1]) / (numbers[at] - numbers[at - 1])
        (lon0, lon1), (lat0, lat1) = self._lon[members[at - 1 : at + 1]], self._lat[members[at - 1 : at + 1]]
        per_lon, per_lat = metres_per_degree(lat0)
        gap = float(np.hypot((lon1 - lon0) * per_lon, (lat1 - lat0) * per_lat))
        if gap > _FARTHEST_METRES:
            return None
        lon, lat = lon0 + share * (lon1 - lon0), lat0 + share * (lat1 - lat0)
        return Interpolated(float(lon), float(lat), gap / 2 + 15.0)
