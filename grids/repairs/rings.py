"""Repair single polygons: repeated vertices and spikes (G02), boundaries that cross themselves (G01)."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.geodesic import geodesic_area
from gis.metres import LocalMetres
from gis.text import t
from grids.repairs.limits import SLIVER_AREA_M2
from grids.repairs.vertices import find
from grids.repairs.work import Change, Work
from grids.topology_rings import ring_faults
from grids.topology_surfaces import Geometries, Indices

_SURFACES = ("Polygon", "MultiPolygon")


def make_sound(
    areas: Geometries, movable: NDArray[np.bool_], metres: LocalMetres
) -> tuple[NDArray[np.bool_], list[Change]]:
    """Replace invalid areas by what they cover by the structure of their rings.

    That is a repair where it is certain: where counting how often the boundary winds around, even or odd,
    says the same but for a sliver.

    Parameters
    ----------
    areas : ndarray of geometries
        Polygons and multipolygons, EPSG:4490. Written to; all are valid afterwards.
    movable : ndarray of bool
        Areas that may be repaired.
    metres : LocalMetres
        For measuring.

    Returns
    -------
    sound : ndarray of bool
        Areas that were valid or were repaired.
    changes : list of Change
        One for each area that was repaired.
    """
    sound, changes = ~shapely.is_empty(areas), []
    for at in np.flatnonzero(~shapely.is_valid(areas)):
        given = areas[at]
        areas[at] = shapely.make_valid(given, method="structure", keep_collapsed=False)
        doubtful = _doubtful(areas[at], given, metres)
        sound[at] = movable[at] and doubtful <= SLIVER_AREA_M2 and areas[at].geom_type in _SURFACES
        if sound[at]:
            before, after = geodesic_area(np.array([given, areas[at]], dtype=object))
            text = t("Boundary led around what it encloses, without crossing itself")
            place = shapely.union_all(_crossings(given))
            changes.append(Change("G01", int(at), text, doubtful, float(before), float(after), place))
        elif areas[at].geom_type not in _SURFACES:
            areas[at] = shapely.Polygon()
    return sound, changes


def _doubtful(by_structure: BaseGeometry, given: BaseGeometry, metres: LocalMetres) -> float:
    """Return how much ground the two readings of an invalid polygon do not agree on."""
    parts = shapely.get_parts(shapely.get_parts(_one(shapely.make_valid(given, method="linework"))))
    by_parity = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return float(shapely.area(metres.forward(_one(shapely.symmetric_difference(by_structure, by_parity))))[0])


def _crossings(given: BaseGeometry) -> list[BaseGeometry]:
    """Return where GEOS says that a polygon is invalid."""
    _, _, rest = shapely.is_valid_reason(given).partition("[")
    numbers = rest.rstrip("]").split()
    return [shapely.Point(float(numbers[0]), float(numbers[1]))] if len(numbers) >= 2 else [given.boundary]


def _one(geometry: BaseGeometry) -> Geometries:
    return np.array([geometry], dtype=object)


def drop_repeated(work: Work) -> bool:
    """Drop vertices that are exactly the one before; tell whether anything was changed."""
    cleaned = shapely.remove_repeated_points(work.degrees, 0)
    fewer = shapely.get_num_coordinates(work.degrees) - shapely.get_num_coordinates(cleaned)
    rows = np.flatnonzero(fewer)
    texts = {int(at): t("{n} repeated vertices removed", n=int(fewer[at])) for at in rows}
    places = {int(at): _repeated(work.degrees[at]) for at in rows}
    return work.replace({int(at): cleaned[at] for at in rows}, "G02", texts, places)


def _repeated(area: BaseGeometry) -> BaseGeometry:
    rings = shapely.get_rings(shapely.get_parts(_one(area)))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = (xy[1:] == xy[:-1]).all(axis=1) & (ring[1:] == ring[:-1])
    return shapely.MultiPoint(xy[1:][same])


def remove_spikes(work: Work) -> bool:
    """Drop the tips of spikes whose ground is a sliver; tell whether anything was changed."""
    planar = work.metres.forward(work.degrees)
    tips = _tips(planar)
    if not len(tips):
        return False
    lonlat, owner = shapely.get_coordinates(work.degrees, return_index=True)
    rows = np.unique(owner[tips])
    places = np.unique(lonlat[tips], axis=0)
    new = np.array([*(_without(work.degrees[at], places) for at in rows), None], dtype=object)[:-1]
    lost = shapely.area(work.metres.forward(new)) - shapely.area(planar[rows])
    small = np.flatnonzero(np.abs(lost) <= SLIVER_AREA_M2)
    texts = {int(rows[at]): t("Spike removed") for at in small}
    where = {int(rows[at]): shapely.MultiPoint(lonlat[tips[owner[tips] == rows[at]]]) for at in small}
    return work.replace({int(rows[at]): new[at] for at in small}, "G02", texts, where)


def _tips(planar: Geometries) -> Indices:
    rings = shapely.get_rings(shapely.get_parts(planar))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    return ring_faults(xy, ring)[1]


def _without(area: BaseGeometry, places: NDArray[np.float64]) -> BaseGeometry:
    """Return a polygon without the vertices at some places; rings that collapse go too."""
    polygons = []
    for part in shapely.get_parts(_one(area)):
        rings = [_ring_without(shapely.get_coordinates(ring), places) for ring in shapely.get_rings(part)]
        if rings[0] is not None:
            polygons.append(shapely.Polygon(rings[0], [hole for hole in rings[1:] if hole is not None]))
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _ring_without(xy: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64] | None:
    kept = xy[:-1][find(places, xy[:-1]) < 0]
    return np.vstack([kept, kept[:1]]) if len(kept) >= 3 else None
