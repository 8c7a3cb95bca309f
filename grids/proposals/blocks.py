"""Cut a part of a community into blocks along roads and banks, round the buildings in their way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from grids.proposals.faces import as_array, as_points, faces_inside
from grids.proposals.network import usable_network
from grids.proposals.plane import LATTICE_M, Coordinates, Geometries

_NOISE_M2 = 0.01


@dataclass(frozen=True, slots=True)
class Features:
    """What borders should follow or keep clear of; everything on the lattice.

    Attributes
    ----------
    lines : ndarray of LineString
        Road centre lines and banks.
    main : ndarray of bool
        Which of them are main roads.
    obstacles : ndarray of Polygon
        Buildings and compounds, no two over the same ground.
    points : ndarray of float
        Components, shape (n, 2).
    """

    lines: Geometries
    main: NDArray[np.bool_]
    obstacles: Geometries
    points: Coordinates


class FeatureIndex:
    """Finds the features of a part of a community.

    Parameters
    ----------
    features : Features
        Of the whole delivery.
    """

    def __init__(self, features: Features) -> None:
        self._features = features
        self._lines = shapely.STRtree(features.lines)
        self._obstacles = shapely.STRtree(features.obstacles)
        self._points = shapely.STRtree(as_points(features.points))

    def within(self, part: shapely.Polygon) -> Features:
        """Return the features of a part, obstacles cut at its outline."""
        shapely.prepare(part)
        points = np.sort(self._points.query(part, predicate="intersects"))
        lines = np.sort(self._lines.query(part))
        return Features(
            as_array(self._features.lines[lines]),
            self._features.main[lines],
            _clipped(as_array(self._features.obstacles[np.sort(self._obstacles.query(part))]), part),
            self._features.points[points],
        )


def _clipped(obstacles: Geometries, part: shapely.Polygon) -> Geometries:
    """Return the obstacles inside a part; of those across its outline what is inside."""
    whole = shapely.covers(part, obstacles)
    cut = shapely.intersection(obstacles[~whole], part, grid_size=LATTICE_M)
    pieces = shapely.get_parts(cut)
    pieces = pieces[shapely.area(pieces) > _NOISE_M2] if len(pieces) else pieces
    return as_array([*obstacles[whole], *pieces])


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks between roads.

    Attributes
    ----------
    faces : ndarray of Polygon
        Matched; they tile the part.
    network : ndarray of LineString
        The roads and banks that were used.
    """

    faces: Geometries
    network: Geometries


def cut_into_blocks(part: shapely.Polygon, features: Features) -> Blocks:
    """Cut a part of a community along its roads and banks.

    A road that runs into a building or compound gives way: what stands there becomes a face of its own,
    which is joined with one side later.

    Parameters
    ----------
    part : Polygon
        On the lattice.
    features : Features
        Those inside it.
    """
    network = usable_network(part, features.lines)
    if not len(network):
        return Blocks(as_array([part]), network)
    standing = _in_the_way(features.obstacles, network)
    lines: list[BaseGeometry] = list(network)
    if standing is not None:
        free = shapely.difference(network, standing, grid_size=LATTICE_M)
        network = as_array(shapely.get_parts(free[~shapely.is_empty(free)]))
        lines = [*network, standing]
    return Blocks(faces_inside(part, lines), network)


def _in_the_way(obstacles: Geometries, network: Geometries) -> BaseGeometry | None:
    """Return the obstacles whose inside a line of the network enters, as one geometry."""
    if not len(obstacles):
        return None
    line, obstacle = shapely.STRtree(obstacles).query(network, predicate="intersects")
    inside = shapely.length(shapely.intersection(network[line], obstacles[obstacle])) > 2 * LATTICE_M
    entered = np.unique(obstacle[inside])
    return shapely.union_all(obstacles[entered], grid_size=LATTICE_M) if len(entered) else None
