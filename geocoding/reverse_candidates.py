"""What may name points: the nearest plates, points of interest, crossing and street of many points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geocoding.near_shapes import Near
from geocoding.reverse_index import ReverseIndex
from gis.degrees import metres_per_degree
from gis.point_index import PointIndex

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

TOLD = 2
"""Plates, and points of interest, that are told of one point at most."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What lies near points and in which polygons they lie.

    Attributes
    ----------
    plates, pois, crossings, streets : Near
        The best of each point, best first: two at most, one crossing, one street.
    county, street, community, grid : ndarray of int64
        Rows of the layers of :class:`geocoding.reverse_ground.Ground`, -1 for none.
    """

    plates: Near
    pois: Near
    crossings: Near
    streets: Near
    county: Rows
    street: Rows
    community: Rows
    grid: Rows


def find_candidates(index: ReverseIndex, lon: Floats, lat: Floats) -> Candidates:
    """Find what may name points.

    Parameters
    ----------
    index : ReverseIndex
    lon, lat : ndarray of float64, shape (n,)
        Degrees, EPSG:4490.
    """
    ground, settings = index.ground, index.settings
    town = ground.street.locate(lon, lat)
    places = _Places(lon, lat, *metres_per_degree(lat))
    streets = index.street_lines.near(lon, lat, settings.street_m).best(1)
    return Candidates(
        plates=_plates(index, places, streets, town),
        pois=index.poi_shapes.near(lon, lat, settings.poi_m).best(TOLD),
        crossings=_crossings(index, places, streets),
        streets=streets,
        county=ground.county.locate(lon, lat),
        street=town,
        community=ground.community.locate(lon, lat),
        grid=ground.grids.locate(lon, lat),
    )


@dataclass(frozen=True, slots=True)
class _Places:
    """Points asked about, and metres per degree there."""

    lon: Floats
    lat: Floats
    per_lon: Floats
    per_lat: Floats

    def near(self, points: PointIndex, x: Floats, y: Floats, radius_m: float) -> Near:
        """Return the points of an index near these, as pairs with what they measure before rounding."""
        places, rows, _ = points.near(self.lon, self.lat, np.full(len(self.lon), radius_m))
        across = (x[rows] - self.lon[places]) * self.per_lon[places]
        up = (y[rows] - self.lat[places]) * self.per_lat[places]
        return Near(places, rows, np.hypot(across, up), x[rows], y[rows])


def _plates(index: ReverseIndex, places: _Places, streets: Near, town: Rows) -> Near:
    """Return the plates of each point, those of its own street and township before others not much nearer."""
    plates, settings = index.plates, index.settings
    near = places.near(index.plate_points, plates.lon, plates.lat, settings.plate_m)
    own = np.full(len(places.lon), -1, np.int64)
    own[streets.points] = index.streets.numbers[streets.shapes]
    stated, wanted = plates.streets[near.shapes], own[near.points]
    there, here = plates.towns[near.shapes], town[near.points]
    other = ((stated >= 0) & (wanted >= 0) & (stated != wanted)).astype(np.float64)
    other += (there >= 0) & (here >= 0) & (there != here)
    rank = np.rint((near.metres + settings.other_street_m * other) * 100.0)
    return near.take(np.lexsort((near.shapes, rank, near.points))).best(TOLD)


def _crossings(index: ReverseIndex, places: _Places, streets: Near) -> Near:
    """Return the nearest crossing of the street that each point is on."""
    crossings = index.crossings
    near = places.near(crossings.index, crossings.lon, crossings.lat, index.settings.crossing_m)
    own = np.full(len(places.lon), -1, np.int64)
    own[streets.points] = streets.shapes
    pairs = crossings.pairs[near.shapes]
    return near.take((pairs == own[near.points][:, None]).any(axis=1)).best(1)
