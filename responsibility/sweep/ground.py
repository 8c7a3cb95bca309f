"""The places of a registry that differ in what holds there, each with the unit grids it is found in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

import numpy as np
import pandas
import shapely

from gis.read import read_chunks
from gis.registry import Registry
from gis.representative import representative_points
from responsibility.locate import locate
from responsibility.records import RETIRED_GRID
from responsibility.settings import ResolveSettings
from responsibility.situation import Surroundings
from responsibility.snapshot import Snapshot

Progress = Callable[[int, int], None]

_EXAMPLES = 3
_SIZE = 4096


@dataclass(slots=True)
class Ground:
    """Unit grids at whose sample points the same holds.

    Attributes
    ----------
    place : Surroundings
        What holds there; without the community, which decides nothing.
    grids : int
        How many there are.
    examples : list of (str, shapely.Point)
        The lowest codes with their sample points, EPSG:4490.
    """

    place: Surroundings
    grids: int = 0
    examples: list[tuple[str, shapely.Point]] = field(default_factory=list)

    def add(self, code: str, point: shapely.Point) -> None:
        """Count one more unit grid."""
        self.grids += 1
        self.examples = nsmallest(_EXAMPLES, [*self.examples, (code, point)], key=lambda one: one[0])


def grounds_of(
    registry: Registry,
    snapshot: Snapshot,
    settings: ResolveSettings,
    day: str,
    total: int,
    progress: Progress,
) -> list[Ground]:
    """Look at a sample point of every unit grid; grids are read piece by piece.

    Parameters
    ----------
    registry : Registry
        Where the grids are.
    snapshot : Snapshot
        Everything else that holds at a point.
    settings : ResolveSettings
        How far a point in a gap is moved.
    day : str
        Day the areas hold on, YYYYMMDD.
    total : int
        How many grids there are, for the progress.
    progress : callable
        Called with how many were looked at, and the total.

    Returns
    -------
    list of Ground
        In the order of their lowest codes.
    """
    grounds: dict[Any, Ground] = {}
    done = 0
    columns = ("code", "state", "geometry")
    for chunk in read_chunks(registry, "grids", columns=columns, size=_SIZE):
        for code, point, place in _places(chunk, snapshot, settings, day):
            key = (place.status == "outside", place.county, place.street, place.areas, place.boundaries)
            grounds.setdefault(key, Ground(place)).add(code, point)
        done += len(chunk)
        progress(done, max(total, done))
    return sorted(grounds.values(), key=lambda ground: ground.examples[0][0])


def _places(
    chunk: pandas.DataFrame, snapshot: Snapshot, settings: ResolveSettings, day: str
) -> Iterator[tuple[str, shapely.Point, Surroundings]]:
    points = representative_points(chunk["geometry"].to_numpy())
    there = (chunk["state"] != RETIRED_GRID).to_numpy() & ~shapely.is_missing(points)
    there &= ~shapely.is_empty(points)
    points, codes = points[there], chunk["code"].to_numpy()[there]
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    exactly = np.zeros(len(points))
    located = locate(lon, lat, exactly, snapshot.layers(day), snapshot.divisions, settings.snap_m)
    agreements = snapshot.boundaries_near(lon, lat, exactly)
    for code, point, place, agreed in zip(codes, points, located, agreements, strict=True):
        county, street, _ = place.divisions
        boundaries = tuple(one for one, metres in agreed if metres <= one.width_m)
        yield code, point, Surroundings(place.status, county, street, None, place.areas, boundaries)
