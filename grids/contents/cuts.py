"""Areas that the borders of grids cut: buildings, compounds, components with an extent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.crs import geodesic_area

LEAST_M2 = 1.0
LEAST_SHARE = 0.02
"""What lies beyond a border counts when it is more than this, in m² and of the whole area.

No tolerance was found in a source. Walls on a border are drawn twice, and a decimetre along 10 m is 1 m².
"""


@dataclass(frozen=True, slots=True)
class Cut:
    """An area that does not lie in one grid.

    Attributes
    ----------
    area : int
        Position of the area.
    grids : tuple of int
        Positions of the grids it lies in, the largest part first; -1 is ground that no grid covers.
    shares : tuple of float
        What part of the area lies in each, 0 to 1.
    geometry : BaseGeometry
        The parts outside the first grid, EPSG:4490.
    area_m2 : float
        Of these parts.
    """

    area: int
    grids: tuple[int, ...]
    shares: tuple[float, ...]
    geometry: BaseGeometry
    area_m2: float


def find_cuts(areas: NDArray[np.object_], grids: NDArray[np.object_], tree: shapely.STRtree) -> Iterator[Cut]:
    """Find the areas of which more than the tolerance lies on each side of a grid's border.

    Parameters
    ----------
    areas : ndarray of geometries
        Valid polygons or multipolygons, EPSG:4490. Those that meet no grid are passed over.
    grids : ndarray of geometries
        Valid areas, EPSG:4490.
    tree : STRtree
        Of the grids.

    Yields
    ------
    Cut
        In the order of the areas.
    """
    area, grid = tree.query(areas, predicate="intersects")
    whole, _ = tree.query(areas, predicate="covered_by")
    open_pairs = ~np.isin(area, whole)
    area, grid = area[open_pairs], grid[open_pairs]
    order = np.lexsort((grid, area))
    area, grid = area[order], grid[order]
    pieces = shapely.intersection(areas[area], grids[grid])
    area, grid, pieces = _with_outside(areas, area, grid, pieces)
    sizes = geodesic_area(pieces)
    totals = np.zeros(len(areas))
    met = np.unique(area)
    totals[met] = geodesic_area(areas[met])
    matters = np.flatnonzero((sizes > LEAST_M2) & (sizes > LEAST_SHARE * totals[area]))
    starts = np.flatnonzero(np.diff(area[matters], prepend=-1))
    for own in np.split(matters, starts[1:]):
        if len(own) > 1:
            yield _cut(int(area[own[0]]), grid[own], pieces[own], sizes[own], totals[area[own[0]]])


def _with_outside(
    areas: NDArray[np.object_], area: NDArray[np.intp], grid: NDArray[np.intp], pieces: NDArray[np.object_]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.object_]]:
    """Add to the parts of each area what of it lies in no grid, as grid -1."""
    met, starts = np.unique(area, return_index=True)
    inside = [shapely.union_all(own) for own in np.split(pieces, starts[1:])] if len(met) else []
    outside = shapely.difference(areas[met], np.array([*inside, None], dtype=object)[:-1])
    area = np.concatenate([area, met])
    grid = np.concatenate([grid, np.full(len(met), -1)])
    order = np.argsort(area, kind="stable")
    return area[order], grid[order], np.concatenate([pieces, outside])[order]


def _cut(
    area: int,
    grid: NDArray[np.intp],
    pieces: NDArray[np.object_],
    sizes: NDArray[np.float64],
    total: np.float64,
) -> Cut:
    largest = np.argsort(-sizes, kind="stable")
    beyond = shapely.get_parts(shapely.union_all(pieces[largest[1:]]))
    return Cut(
        area,
        tuple(grid[largest].tolist()),
        tuple((sizes[largest] / total).tolist()),
        shapely.MultiPolygon(list(beyond[shapely.get_dimensions(beyond) == 2])),
        float(sizes[largest[1:]].sum()),
    )
