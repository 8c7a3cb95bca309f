"""Number proposals: within each community, after the highest number that was ever used there."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from gis.errors import DataRefused
from gis.text import t
from grids.codes import build_grid_code
from grids.numbering_order import numbering_order
from grids.proposals.faces import Indices
from grids.proposals.plane import Geometries
from grids.proposals.request import Communities

HIGHEST = 999
_NATIONAL = re.compile(r"\d{12}", re.ASCII)


def number_grids(
    communities: Communities, community: Indices, metres: Geometries, used: Mapping[str, Collection[int]]
) -> Indices:
    """Return the sequence number of each proposal.

    Parameters
    ----------
    communities : Communities
    community : ndarray of int
        Position of the community of each proposal.
    metres : ndarray of Polygon
        The proposals on a plane in metres.
    used : mapping of str to collection of int
        Numbers that are taken for ever, by community code.

    Raises
    ------
    DataRefused
        A community would need a number beyond 999.
    """
    numbers = np.zeros(len(community), dtype=np.intp)
    for at, code in enumerate(communities.codes):
        rows = np.flatnonzero(community == at)
        first = max(used.get(str(code), ()), default=0) + 1
        if first + len(rows) - 1 > HIGHEST:
            raise _too_many(communities.label(at), len(rows), first - 1)
        numbers[rows[numbering_order(metres[rows])]] = np.arange(first, first + len(rows))
    return numbers


def grid_codes(communities: Communities, community: Indices, numbers: Indices) -> NDArray[np.object_]:
    """Return the codes of 15 digits; ``None`` in communities whose code is not of 12 digits."""
    codes = [
        build_grid_code(str(communities.codes[at]), int(number))
        if is_national(communities.codes[at])
        else None
        for at, number in zip(community, numbers, strict=True)
    ]
    return np.array([*codes, None], dtype=object)[:-1]


def is_national(code: object) -> bool:
    """Tell whether a community code is one that grid codes can be built of."""
    return _NATIONAL.fullmatch(str(code)) is not None


def _too_many(name: str, wanted: int, taken: int) -> DataRefused:
    return DataRefused(
        t("{name} would get {n} grids after number {taken}", name=name, n=wanted, taken=f"{taken:03d}"),
        field="--profile",
        value=wanted,
        expected=t("numbers up to {highest} in a community", highest=HIGHEST),
        hint=t("Choose a profile of larger grids for it: a zone under [communities] of a profile file"),
    )
