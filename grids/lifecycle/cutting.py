"""Cut polygons along lines so that what was seamless stays seamless.

Everything happens in the stored coordinates (EPSG:4490, degrees): a cut adds corners where it meets the
border, and every polygon that shares the border there gets the same corner. No other coordinate changes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import DataRefused
from gis.metres import LocalMetres
from gis.text import t

SNAP_M = 0.05
"""An end of a line this close to the border is taken to lie on it; our choice, no source gives a limit."""

SMALLEST_PIECE_M2 = 1.0
"""A cut that leaves less is a slip of the hand."""

_SAME_BORDER_DEGREES = 1e-8
_BESIDE_M = 0.01
"""A vertex this close to the border, and a line this close to a corner, are meant to touch it."""

Polygons = NDArray[np.object_]


def cut(area: shapely.Polygon, lines: Sequence[shapely.LineString]) -> Polygons:
    """Cut a polygon along lines.

    Parameters
    ----------
    area : Polygon
        EPSG:4490.
    lines : sequence of LineString
        EPSG:4490; each must run through the area from border to border (or between other lines), or
        be a ring inside. Ends up to 5 cm short of the border are prolonged to it.

    Returns
    -------
    ndarray of Polygon
        At least two; together exactly the area, with the same corners where they touch.

    Raises
    ------
    DataRefused
        A line crosses itself, misses the area, ends inside it, or cuts off less than 1 m².
    """
    metres = LocalMetres.around(np.array([area], dtype=object))
    for number, line in enumerate(lines, start=1):
        _refuse_unusable(area, line, number)
    area, reaching = _reaching(area, lines, metres)
    noded = shapely.union_all([shapely.boundary(area), *reaching])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    pieces = faces[shapely.contains_properly(area, shapely.point_on_surface(faces))]
    _refuse_loose_ends(area, pieces, reaching, metres)
    _refuse_crumbs(pieces, metres)
    return np.asarray(pieces)


def with_corners(area: shapely.Polygon, corners: Sequence[shapely.Point]) -> shapely.Polygon:
    """Give a polygon corners that lie on its border (within a millimetre) and that it does not have.

    Returns
    -------
    Polygon
        The same object when there is nothing to add.
    """
    xy = shapely.get_coordinates(np.array(corners, dtype=object))
    rings = [area.exterior, *area.interiors]
    grown = [_ring_with(shapely.get_coordinates(ring), xy) for ring in rings]
    if all(len(new) == shapely.get_num_coordinates(ring) for new, ring in zip(grown, rings, strict=True)):
        return area
    return shapely.Polygon(grown[0], grown[1:])


def new_corners(before: Sequence[shapely.Polygon], after: Polygons) -> list[shapely.Point]:
    """Return the corners of polygons that others, before a cut, did not have."""
    old = {tuple(xy) for xy in shapely.get_coordinates(np.array(before, dtype=object)).tolist()}
    new = {tuple(xy) for xy in shapely.get_coordinates(after).tolist()}
    return [shapely.Point(xy) for xy in sorted(new - old)]


def _refuse_unusable(area: shapely.Polygon, line: shapely.LineString, number: int) -> None:
    if not line.is_simple:
        raise DataRefused(
            t("Line {number} crosses itself", number=number),
            field="--by",
            value=number,
            expected=t("a line that does not cross itself"),
        )
    if not shapely.intersects(area, line) and shapely.distance(area, line) > _SAME_BORDER_DEGREES:
        raise DataRefused(
            t("Line {number} misses the area to be cut", number=number),
            field="--by",
            value=number,
            expected=t("a line from border to border"),
        )


def _reaching(
    area: shapely.Polygon, lines: Sequence[shapely.LineString], metres: LocalMetres
) -> tuple[shapely.Polygon, list[shapely.LineString]]:
    """Let ends close to the border lie on it; return the area with those corners, and the lines."""
    border, corners = shapely.boundary(area), shapely.MultiPoint(shapely.get_coordinates(area))
    moved: list[shapely.LineString] = []
    added: list[shapely.Point] = []
    for line in lines:
        coordinates = shapely.get_coordinates(line)
        for at, vertex in enumerate(map(shapely.Point, coordinates)):
            reach = SNAP_M if at in (0, len(coordinates) - 1) and not line.is_closed else _BESIDE_M
            feet = (_foot(corners, vertex), _foot(border, vertex))
            foot = next((foot for foot in feet if _away(foot, vertex, metres) <= reach), None)
            if foot is not None:
                added.append(foot)
                coordinates[at] = shapely.get_coordinates(foot)[0]
        # A cut that passes a corner by a hair would leave two corners where one is meant
        snapped = shapely.snap(shapely.LineString(coordinates), corners, _BESIDE_M * 1e-5)
        moved.append(shapely.LineString(snapped))
    return (with_corners(area, added) if added else area), moved


def _foot(target: shapely.Geometry, point: shapely.Point) -> shapely.Point:
    """Return the point of a geometry that is nearest to another."""
    return shapely.Point(shapely.get_coordinates(shapely.shortest_line(target, point))[0])


def _away(one: shapely.Point, other: shapely.Point, metres: LocalMetres) -> float:
    return float(shapely.distance(*metres.forward(np.array([one, other], dtype=object))))


def _refuse_loose_ends(
    area: shapely.Polygon, pieces: Polygons, lines: Sequence[shapely.LineString], metres: LocalMetres
) -> None:
    """Refuse lines of which a part inside the area borders no piece."""
    borders = shapely.union_all(shapely.boundary(pieces))
    for number, line in enumerate(lines, start=1):
        inside = shapely.intersection(line, area)
        loose = shapely.difference(inside, shapely.buffer(borders, _SAME_BORDER_DEGREES))
        length = float(shapely.length(metres.forward(np.array([loose], dtype=object)))[0])
        if length > SNAP_M or (len(pieces) < 2 and number == len(lines)):
            raise DataRefused(
                t(
                    "Line {number} does not cut through: {length} m of it end inside",
                    number=number,
                    length=f"{length:.2f}",
                ),
                field="--by",
                value=number,
                expected=t("a line from border to border"),
                hint=t("Let both ends lie on the border or beyond it"),
            )


def _refuse_crumbs(pieces: Polygons, metres: LocalMetres) -> None:
    smallest = float(shapely.area(metres.forward(pieces)).min())
    if smallest < SMALLEST_PIECE_M2:
        raise DataRefused(
            t("The cut would leave a piece of {area} m²", area=f"{smallest:.3g}"),
            field="--by",
            value=f"{smallest:.3g}",
            expected=t("pieces of at least {area} m²", area=f"{SMALLEST_PIECE_M2:g}"),
        )


def _ring_with(ring: NDArray[np.float64], corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Insert corners into the edges of a closed ring that they lie on."""
    start, step = ring[:-1], np.diff(ring, axis=0)
    length = np.maximum((step**2).sum(axis=1), np.finfo(float).tiny)
    inserts: dict[int, list[tuple[float, NDArray[np.float64]]]] = {}
    for corner in corners:
        if (ring == corner).all(axis=1).any():
            continue
        along = np.clip(((corner - start) * step).sum(axis=1) / length, 0, 1)
        away = np.hypot(*(start + along[:, None] * step - corner).T)
        edge = int(away.argmin())
        if away[edge] <= _SAME_BORDER_DEGREES:
            inserts.setdefault(edge, []).append((float(along[edge]), corner))
    rows: list[NDArray[np.float64]] = []
    for edge, vertex in enumerate(ring):
        rows.append(vertex)
        rows += [corner for _, corner in sorted(inserts.get(edge, []), key=lambda found: found[0])]
    return np.array(rows)
