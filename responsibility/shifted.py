"""Recognise coordinates of an internet map (GCJ-02) that were given as CGCS2000."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gis.crs import STORED, transformer
from responsibility.locate import Place
from responsibility.model import Status
from responsibility.preparing import Asked
from responsibility.proximity import Floats
from responsibility.snapshot import Snapshot

_SHIFTED = "GCJ02"


def perhaps_shifted(
    asked: Sequence[Asked], lon: Floats, lat: Floats, places: Sequence[Place], snapshot: Snapshot
) -> list[str | None]:
    """Say for points outside everything in which unit grid they would lie, were they GCJ-02.

    Parameters
    ----------
    asked : sequence of Asked
        The questions; only those that gave coordinates in EPSG:4490 are looked at.
    lon, lat : ndarray of float, shape (n,)
        The points in EPSG:4490.
    places : sequence of Place
        What they lie in.
    snapshot : Snapshot
        Where to look.

    Returns
    -------
    list of str or None
        Codes of unit grids.
    """
    found: list[str | None] = [None] * len(asked)
    for position, (one, place) in enumerate(zip(asked, places, strict=True)):
        given = one.question.lon is not None and one.question.crs == STORED
        if given and place.status is Status.OUTSIDE:
            found[position] = _grid_of_shifted(float(lon[position]), float(lat[position]), snapshot)
    return found


def _grid_of_shifted(lon: float, lat: float, snapshot: Snapshot) -> str | None:
    xs, ys = transformer(_SHIFTED, STORED)(np.array([lon]), np.array([lat]))
    if not (np.isfinite(xs[0]) and np.isfinite(ys[0])) or (xs[0], ys[0]) == (lon, lat):
        return None
    x, y = float(xs[0]), float(ys[0])
    layer = snapshot.grids_around(x, y)
    row = int(layer.coverage.locate([x], [y])[0]) if layer else -1
    return layer.records[row].code if layer and row >= 0 else None
