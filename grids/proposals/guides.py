"""Roads that lead into a piece and end there, carried on to its far side: cuts people find sensible."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from grids.proposals.cuts import REACH_M
from grids.proposals.faces import as_array
from grids.proposals.plane import Coordinates, Geometries, on_lattice

MOST = 6
"""How many are tried for one piece, the longest first."""

SHORTEST_SHARE = 0.3
"""How long a road has to be inside, against the side of a square of the piece's size."""

_ON_OUTLINE_M = 1.0
_LOOK_BACK_M = 8.0


@dataclass(frozen=True, slots=True)
class Guide:
    """A line across a piece, and how much of it is a road."""

    line: shapely.LineString
    on_feature_m: float


def guides_through(piece: shapely.Polygon, network: Geometries) -> list[Guide]:
    """Return lines along roads inside a piece, carried on straight until they leave it.

    Parameters
    ----------
    piece : Polygon
        On the lattice.
    network : ndarray of LineString
        Roads and banks inside it or on its outline.
    """
    lines = _inside(piece, network)
    if not len(lines):
        return []
    roads = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(list(lines))))
    length = shapely.length(roads)
    long_enough = length > SHORTEST_SHARE * np.sqrt(piece.area)
    order = np.argsort(-length, kind="stable")
    chosen = [at for at in order if long_enough[at]][:MOST]
    outline = shapely.boundary(piece)
    guides = [Guide(_carried_on(roads[at], outline), float(length[at])) for at in chosen]
    return [guide for guide in guides if guide.line.is_simple]


def _inside(piece: shapely.Polygon, network: Geometries) -> Geometries:
    """Leave out the lines that are border of the piece already."""
    if not len(network):
        return network
    middle = shapely.line_interpolate_point(network, 0.5, normalized=True)
    return as_array(network[shapely.distance(middle, shapely.boundary(piece)) > _ON_OUTLINE_M])


def _carried_on(road: shapely.LineString, outline: BaseGeometry) -> shapely.LineString:
    xy = shapely.get_coordinates(road)
    back = min(_LOOK_BACK_M, road.length / 2)
    start = _to_outline(xy[0], shapely.get_coordinates(road.interpolate(back))[0], outline)
    end = _to_outline(xy[-1], shapely.get_coordinates(road.interpolate(road.length - back))[0], outline)
    return shapely.LineString(on_lattice(np.vstack([start, xy, end])))


def _to_outline(end: Coordinates, before: Coordinates, outline: BaseGeometry) -> Coordinates:
    """Return a place just beyond the outline, straight on from the end of a road."""
    step = end - before
    ahead = step / np.hypot(*step)
    far = float(np.hypot(*(np.array(outline.bounds[2:]) - outline.bounds[:2])))
    # A road that ends on the outline has nowhere to go on to: further on it would graze the border.
    if shapely.distance(shapely.Point(end), outline) < _ON_OUTLINE_M:
        return np.asarray(end + ahead * _ON_OUTLINE_M)
    ray = shapely.LineString([end, end + ahead * far])
    hits = shapely.get_coordinates(shapely.intersection(ray, outline))
    nearest = np.hypot(*(hits - end).T).min() if len(hits) else far
    return np.asarray(end + ahead * (nearest + REACH_M))
