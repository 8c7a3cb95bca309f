"""What the layers say about how dense a community is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.proposals.plane import Geometries, Plane
from grids.proposals.profile import Evidence
from grids.proposals.request import Request


def evidence_of(request: Request, areas: Geometries, plane: Plane) -> list[Evidence]:
    """Measure built ground, roads and water of each community.

    Parameters
    ----------
    request : Request
        The layers.
    areas : ndarray of MultiPolygon
        The communities on the plane.
    plane : Plane
        That plane.
    """
    size = shapely.area(areas)
    built = _sums(areas, _surfaces(request.buildings, plane), shapely.area)
    roads = _sums(areas, plane.forward(request.roads), shapely.length)
    water = _sums(areas, _surfaces(_areal(request.water), plane), shapely.area)
    return [
        Evidence(
            float(size[at]),
            float(built[at] / size[at]) if built[at] > 0 else None,
            float(roads[at] / size[at] * 1000) if roads[at] > 0 else None,
            float(water[at] / size[at]) if len(request.water) else None,
        )
        for at in range(len(areas))
    ]


def _areal(geometries: Geometries) -> Geometries:
    return np.asarray(geometries[shapely.get_dimensions(geometries) == 2])


def _surfaces(polygons: Geometries, plane: Plane) -> Geometries:
    flat = plane.forward(polygons)
    return np.asarray(shapely.make_valid(flat, method="structure", keep_collapsed=False), dtype=object)


def _sums(
    areas: Geometries, things: Geometries, measure: Callable[[Geometries], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Add up a measure of things within each area."""
    sums = np.zeros(len(areas))
    if len(things):
        thing, area = shapely.STRtree(areas).query(things, predicate="intersects")
        inside = shapely.intersection(things[thing], areas[area])
        np.add.at(sums, area, measure(inside))
    return sums
