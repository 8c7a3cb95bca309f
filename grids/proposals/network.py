"""Make the roads and banks inside a community fit for cutting it: no doubles, no ends just short."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from grids.proposals.faces import as_array, as_points
from grids.proposals.plane import LATTICE_M, Coordinates, Geometries, ticks
from grids.proposals.seams import without_wedges

ALONG_BORDER_M = 10.0
"""A road this near to a community's border, for a good stretch, is the border drawn a second time."""

CLEAR_M = 1.0
"""The last stretch before a border is drawn anew, so that no road grazes it."""

EXTENSION_M = 30.0
"""How far a dead end is carried on to meet the next road or border."""

JUNCTION_M = 0.125
"""Roads are read to this, so that ends meant to meet do."""

_OVERSHOOT_M = 0.01
_AT_ONCE_M = 0.02
_LOOK_BACK_M = 5.0


def usable_network(part: shapely.Polygon, lines: Geometries) -> Geometries:
    """Prepare lines for cutting a part of a community.

    Parameters
    ----------
    part : Polygon
        On the lattice.
    lines : ndarray of lines
        Roads and banks near it, as surveyed.

    Returns
    -------
    ndarray of LineString
        Noded; stretches along the border are left out, dead ends carried on to the border or to the next
        line where it is near.
    """
    inside = _inside(part, lines)
    if not len(inside):
        return inside
    border = shapely.boundary(part)
    kept = _without_doubles(inside, border)
    if not len(kept):
        return kept
    joints = _extensions(kept, border)
    return _noded(list(without_wedges(_noded([*kept, *joints]), part)))


def _inside(part: shapely.Polygon, lines: Geometries) -> Geometries:
    """Node the stretches of lines within a part."""
    if not len(lines):
        return lines
    noded = shapely.union_all(lines, grid_size=JUNCTION_M)
    clipped = shapely.intersection(noded, part, grid_size=LATTICE_M)
    return _lines_of([clipped])


def _noded(lines: list[BaseGeometry]) -> Geometries:
    return _lines_of([shapely.union_all(as_array(lines), grid_size=LATTICE_M)])


def _lines_of(geometries: list[BaseGeometry]) -> Geometries:
    parts = shapely.get_parts(as_array(geometries))
    parts = shapely.get_parts(parts)
    return as_array(parts[(shapely.get_dimensions(parts) == 1) & ~shapely.is_empty(parts)])


def _without_doubles(lines: Geometries, border: BaseGeometry) -> Geometries:
    """Leave out stretches that run along the border, and the last metre of those that come up to it."""
    whole = shapely.line_merge(shapely.MultiLineString(list(lines)))
    beside = shapely.buffer(border, ALONG_BORDER_M, quad_segs=4)
    near = _lines_of([shapely.line_merge(_multi(shapely.intersection(whole, beside)))])
    along = near[shapely.length(near) > 3 * ALONG_BORDER_M]
    without = [shapely.buffer(border, CLEAR_M, quad_segs=4), *shapely.buffer(along, CLEAR_M / 16)]
    rest = shapely.difference(whole, shapely.union_all(as_array(without)))
    stretches = _lines_of([rest])
    return _noded(list(stretches)) if len(stretches) else stretches


def _multi(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.MultiLineString(list(_lines_of([geometry])))


def _extensions(lines: Geometries, border: BaseGeometry) -> list[BaseGeometry]:
    """Return short lines that carry dead ends on."""
    ends, before = _dead_ends(lines)
    if not len(ends):
        return []
    network = as_array([*lines, border])
    gap = shapely.distance(as_points(ends), border)
    found = (
        _extension(end, earlier, network, border, near)
        for end, earlier, near in zip(ends, before, gap.tolist(), strict=True)
    )
    return [line for line in found if line is not None]


def _extension(
    end: Coordinates, before: Coordinates, network: Geometries, border: BaseGeometry, gap: float
) -> BaseGeometry | None:
    """Return the way straight on to the next line, or squarely to a border that is near."""
    ahead = _ray(end, before, network)
    if gap > ALONG_BORDER_M + CLEAR_M or (ahead is not None and ahead.length <= 3 * gap):
        return ahead
    return _overshot(shapely.get_coordinates(shapely.shortest_line(shapely.Point(end), border)))


def _dead_ends(lines: Geometries) -> tuple[Coordinates, Coordinates]:
    """Return the ends that no other line shares, and the places a little before them."""
    merged = _lines_of([shapely.line_merge(shapely.MultiLineString(list(lines)))])
    ends = np.stack([shapely.get_coordinates(shapely.get_point(merged, at)) for at in (0, -1)], axis=1)
    _, number, count = np.unique(ticks(ends.reshape(-1, 2)), axis=0, return_inverse=True, return_counts=True)
    alone = (count[number.reshape(-1)] == 1).reshape(-1, 2)
    back = np.minimum(_LOOK_BACK_M, shapely.length(merged) / 2)
    earlier = np.stack(
        [
            shapely.get_coordinates(shapely.line_interpolate_point(merged, back)),
            shapely.get_coordinates(shapely.line_interpolate_point(merged, -back)),
        ],
        axis=1,
    )
    return ends[alone], earlier[alone]


def _ray(end: Coordinates, before: Coordinates, network: Geometries) -> BaseGeometry | None:
    """Return the way straight on to the next line, ``None`` when there is none near."""
    step = end - before
    length = float(np.hypot(*step))
    if length == 0:
        return None
    ahead = step / length
    ray = shapely.LineString([end + ahead * _AT_ONCE_M, end + ahead * EXTENSION_M])
    hit = shapely.intersection(ray, network)
    hit = hit[~shapely.is_empty(hit)]
    if not len(hit):
        return None
    nearest = shapely.shortest_line(shapely.Point(end), hit)
    nearest = nearest[np.argmin(shapely.length(nearest))]
    return _overshot(shapely.get_coordinates(nearest))


def _overshot(ends: Coordinates) -> BaseGeometry | None:
    """Carry a line on a little beyond its second end, so that it surely meets what is there."""
    step = ends[1] - ends[0]
    length = float(np.hypot(*step))
    if length == 0:
        return None
    return shapely.LineString([ends[0], ends[1] + step / length * _OVERSHOOT_M])
