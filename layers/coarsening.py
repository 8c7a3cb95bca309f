"""Places shown only by the cells of a grid they lie in, and never told apart any finer.

Rows of cells are as high as the cells are wide in metres, counted from the equator; within a row cells
are counted from Greenwich, and as many degrees wide as make up the metres in the middle of the row. So a
place always lies in the same cell, whoever asks, and a cell's middle lies in the cell.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.layer import Layer
from layers.reference_systems import Bounds
from layers.shapes import Geometries, Shapes

#: Of one degree of the equator.
METRES_PER_DEGREE = math.pi / 180 * 6_378_137.0


def shown(layer: Layer, shapes: Shapes) -> Shapes:
    """Return the geometries of a layer's features as its asker sees them.

    Parameters
    ----------
    layer : Layer
        As he sees it.
    shapes : Shapes
        As they are stored.

    Returns
    -------
    Shapes
        The same, or the middles of cells: of the cell of each point, else of the middle of its rectangle.
    """
    if layer.coarsen_m is None:
        return shapes
    if shapes.points is not None:
        return Shapes(points=middles(shapes.points, layer.coarsen_m))
    return Shapes(geometries=coarsened(shapes.as_geometries(), layer.coarsen_m))


def coarsened(geometries: Geometries, metres: float) -> Geometries:
    """Return points for geometries, see :func:`shown`; none for none and for empty ones."""
    bounds = shapely.bounds(geometries)
    there = np.isfinite(bounds).all(axis=1)
    places = np.full(len(geometries), None, dtype=object)
    centres = (bounds[there, :2] + bounds[there, 2:]) / 2
    places[there] = shapely.points(middles(centres, metres))
    return places


def middles(places: NDArray[np.float64], metres: float) -> NDArray[np.float64]:
    """Return the middle of the cell that each place lies in.

    Parameters
    ----------
    places : ndarray of shape (n, 2)
        Longitude and latitude in degrees, EPSG:4490.
    metres : float
        Edge of the cells.
    """
    height = metres / METRES_PER_DEGREE
    latitude = (np.floor(places[:, 1] / height) + 0.5) * height
    width = height / np.maximum(np.cos(np.radians(latitude)), 1e-6)
    longitude = (np.floor(places[:, 0] / width) + 0.5) * width
    return np.column_stack([longitude, latitude])


def coarse_extent(layer: Layer, extent: Bounds | None) -> Bounds | None:
    """Return a rectangle that holds all places shown, and tells those at its sides no finer.

    Parameters
    ----------
    layer : Layer
        As its asker sees it.
    extent : Bounds or None
        Of the data, EPSG:4490, longitude and latitude.
    """
    if extent is None or layer.coarsen_m is None:
        return extent
    corners = middles(np.array([extent[:2], extent[2:]]), layer.coarsen_m)
    return reach(layer, (*corners[0].tolist(), *corners[1].tolist()))


def reach(layer: Layer, envelope: Bounds) -> Bounds:
    """Return a rectangle that holds all places that may be shown in one.

    Parameters
    ----------
    layer : Layer
        As its asker sees it.
    envelope : Bounds
        EPSG:4490, longitude and latitude.
    """
    if layer.coarsen_m is None:
        return envelope
    west, south, east, north = envelope
    height = layer.coarsen_m / METRES_PER_DEGREE
    farthest = min(max(abs(south), abs(north)) + height, 89.0)
    width = height / math.cos(math.radians(farthest))
    return west - width, south - height, east + width, north + height
