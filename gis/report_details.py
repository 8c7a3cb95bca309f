"""Close-ups of single findings for a report: the defect among the areas around it, as inline SVG."""

from __future__ import annotations

import html
from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.delivered import Background, DeliveredAreas
from gis.report_listing import Listing
from gis.report_map import scale_bar
from gis.report_paths import METRES_PER_DEGREE, UNITS_PER_PIXEL, Canvas, kind_of
from gis.text import t

PIXELS = 250.0
SMALLEST_SIDE_M = 20.0
SIDE_OF_POINTS_M = 120.0
"""A point tells most by the unit grids around it, which are about so large."""

NAMES = 4
_HALF_LETTER, _LINE = 3.2 * UNITS_PER_PIXEL, 13 * UNITS_PER_PIXEL


class Surroundings:
    """The delivered areas, or else the unit grids of the registry, ready to be looked up around places.

    Parameters
    ----------
    areas : DeliveredAreas or None
        What was delivered.
    background : Background, optional
        What the registry has there.
    """

    def __init__(self, areas: DeliveredAreas | None, background: Background | None = None) -> None:
        self._shapes = self._names = np.zeros(0, dtype=object)
        self._least = SIDE_OF_POINTS_M if areas is None else SMALLEST_SIDE_M
        if areas is not None:
            rows = areas.drawable()
            self._shapes, self._names = areas.geometries[rows], areas.id[rows]
        elif background is not None:
            self._shapes, self._names = background.grids, background.codes
        self._tree = shapely.STRtree(self._shapes)

    def close_up(self, listing: Listing, position: int) -> str:
        """Draw one finding with what lies around it.

        Parameters
        ----------
        listing : Listing
            The findings.
        position : int
            Which of them; it has a place.

        Returns
        -------
        str
            A figure; empty for a point with nothing around it.
        """
        place, finding = listing.geometries[position], listing.findings[position]
        west, south, east, north = place.bounds
        side = _side_m(place, finding.area_m2, self._least)
        canvas = Canvas.around((west + east) / 2, (south + north) / 2, side, PIXELS)
        window = shapely.box(canvas.west, canvas.south, canvas.east, canvas.north)
        nearby = np.sort(self._tree.query(window))
        if not len(nearby) and kind_of(place) == "point":
            return ""
        edges = shapely.clip_by_rect(shapely.boundary(self._shapes[nearby]), *window.bounds)
        inside = np.array([shapely.clip_by_rect(place, *window.bounds)], dtype=object)
        number = position + 1
        return (
            f'<figure class="detail"><svg viewBox="0 0 {canvas.width:.0f} {canvas.height:.0f}" role="img" '
            f'aria-label="{number}"><path class="area" d="{canvas.path(edges)}"/>'
            f'<path class="defect {finding.severity} {kind_of(place)}" d="{canvas.path(inside)}"/>'
            f"{''.join(self._labels(canvas, nearby, window))}{scale_bar(canvas)}</svg>"
            f'<figcaption><a href="#n{number}">{number}</a> {_caption(listing, position)}</figcaption>'
            "</figure>"
        )

    def _labels(self, canvas: Canvas, nearby: NDArray[np.intp], window: shapely.Polygon) -> Iterator[str]:
        """Name the areas that take up most of the window, as far as the names find room."""
        shown = shapely.intersection(shapely.make_valid(self._shapes[nearby]), window)
        size = shapely.area(shown)
        taken: list[shapely.Polygon] = []
        for at in np.argsort(-size, kind="stable")[:NAMES]:
            if self._names[nearby[at]] is None or size[at] <= 0.03 * window.area:
                continue
            text = _short(str(self._names[nearby[at]]))
            x, y = canvas.project(shapely.get_coordinates(shapely.point_on_surface(shown[at])))[0].tolist()
            half = min(len(text) * _HALF_LETTER, canvas.width / 2)
            x = min(max(x, half), canvas.width - half)
            room = shapely.box(x - half, y - _LINE, x + half, y)
            if not any(room.intersects(other) for other in taken):
                taken.append(room)
                yield f'<text class="name" x="{x:.0f}" y="{y:.0f}">{html.escape(text)}</text>'


def _side_m(place: BaseGeometry, area_m2: float | None, smallest: float) -> float:
    """Return how much ground a close-up shows: the defect and as much again, and some room.

    A point may stand for a whole area.
    """
    west, south, east, north = place.bounds
    squeeze = np.cos(np.radians((south + north) / 2))
    extent = max((east - west) * squeeze, north - south) * METRES_PER_DEGREE
    if not extent and area_m2:
        extent = np.sqrt(area_m2)
    return float(max(2.2 * extent, SMALLEST_SIDE_M if extent else smallest))


def _caption(listing: Listing, position: int) -> str:
    finding = listing.findings[position]
    lon, lat = listing.lonlat[position].tolist()
    size = "" if finding.area_m2 is None else f" {html.escape(size_text(finding.area_m2))} m²"
    where = html.escape(str(finding.id or t("no code")))
    return f"{where}{size}<br><span class=place>{lon:.7f}, {lat:.7f}</span>"


def _short(name: str) -> str:
    return name if len(name) <= 18 else f"…{name[-16:]}"


def size_text(number: float) -> str:
    """Write square metres or metres for people: no more digits than mean something, and no exponents."""
    if 0 < number < 0.0001:
        return "<0.0001"
    decimals = next((n for n, from_on in ((0, 1000), (1, 100), (2, 1)) if number >= from_on), 4)
    return f"{number:.{decimals}f}"
