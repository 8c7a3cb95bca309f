"""What a registry has around the findings of a report: divisions for its map, unit grids for close-ups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.delivered import Background
from gis.findings import Report
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.report_listing import Listing
from gis.report_map import map_bounds
from gis.spatial_sql import Bounds

AT_MOST = 2_000
"""Divisions that are drawn: the outlines of more would be larger than the report and tell nothing."""

_SMALLEST_FIRST = ("community", "street", "county")
_ROOM_DEG = 0.0015


def add_background(registry: Registry, report: Report) -> None:
    """Add to a report what is drawn behind its findings, where the delivery has no areas of its own.

    Parameters
    ----------
    registry : Registry
        Divisions of the lowest level there is are taken, of the next where the map would show more than
        :data:`AT_MOST`.
    report : Report
    """
    if report.areas is not None or not report.findings:
        return
    listing = Listing(report.findings)
    bounds = map_bounds(listing, None)
    if bounds is not None:
        places = [listing.place_of(at) for at in listing.close_ups]
        report.background = _around(registry, bounds, [place for place in places if place is not None])


def _around(registry: Registry, bounds: Bounds, places: Sequence[tuple[float, float]]) -> Background:
    grids = _grids(registry, places)
    return Background(_divisions(registry, bounds), _shapes(grids), grids["code"].to_numpy(dtype=object))


def _divisions(registry: Registry, bounds: Bounds) -> NDArray[np.object_]:
    level = DATASETS["divisions"].live.c.level
    for name in _SMALLEST_FIRST:
        frame = read_frame(registry, "divisions", bbox=bounds, where=level == name, columns=["geometry"])
        if 0 < len(frame) <= AT_MOST:
            return _shapes(frame)
    return np.zeros(0, dtype=object)


def _grids(registry: Registry, places: Sequence[tuple[float, float]]) -> pd.DataFrame:
    columns = ["code", "geometry"]
    frames = [read_frame(registry, "grids", bbox=_room(lon, lat), columns=columns) for lon, lat in places]
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    return pd.concat(filled, ignore_index=True).drop_duplicates("code", ignore_index=True)


def _room(lon: float, lat: float) -> Bounds:
    return lon - _ROOM_DEG, lat - _ROOM_DEG, lon + _ROOM_DEG, lat + _ROOM_DEG


def _shapes(frame: pd.DataFrame) -> NDArray[np.object_]:
    return np.asarray(frame["geometry"].to_numpy(), dtype=object)
