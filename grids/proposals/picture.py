"""Draw proposals as SVG: grids coloured by size, roads, buildings, communities, numbers."""

from __future__ import annotations

import html
from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.text import t
from grids.proposals.plane import Geometries
from grids.proposals.proposals import Proposals

SIZE = 1200.0
"""Length of the longer side in units of the drawing."""

MOST_NUMBERS = 400
"""More grids than that are drawn without their numbers, which nobody could read."""

_SMALL, _FITTING, _LARGE = "small", "fits", "large"


class Frame:
    """The way from metres on the plane to the drawing, y down.

    Parameters
    ----------
    geometries : ndarray of geometries
        What has to fit in.
    """

    def __init__(self, geometries: Geometries) -> None:
        west, south, east, north = shapely.total_bounds(geometries).tolist()
        self.scale = SIZE / max(east - west, north - south)
        self.corner = np.array([west, north])
        self.width, self.height = (east - west) * self.scale, (north - south) * self.scale

    def path(self, geometry: BaseGeometry) -> str:
        """Return the path of an SVG element."""
        lines = shapely.get_parts(geometry)
        if shapely.get_dimensions(geometry) == 2:
            lines = shapely.get_rings(lines)
        return "".join(self._line(shapely.get_coordinates(line)) for line in lines)

    def _line(self, xy: NDArray[np.float64]) -> str:
        placed = (xy - self.corner) * [self.scale, -self.scale]
        return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in placed.tolist())


def draw(proposals: Proposals) -> str:
    """Return the map as an SVG element that needs nothing else but :data:`STYLE`."""
    division = proposals.division
    frame = Frame(division.metres)
    communities = _outlines(division.ground.parts)
    layers = [
        _grids(proposals, frame),
        _layer("obstacle", division.ground.features.obstacles, frame),
        _layer("line", _near(division.ground.features.lines, division.ground.parts), frame),
        _layer("community", communities, frame),
        _numbers(proposals, frame) if len(proposals) <= MOST_NUMBERS else "",
    ]
    view = f"-8 -8 {frame.width + 16:.0f} {frame.height + 16:.0f}"
    return f'<svg class="division" viewBox="{view}" role="img">{"".join(layers)}</svg>'


def fit_of(proposals: Proposals) -> list[str]:
    """Return for each proposal ``small``, ``fits`` or ``large``, against the range of its zone."""
    sizes = [proposals.request.profile.sizes[choice.zone] for choice in proposals.division.choices]
    words = []
    for area, at in zip(proposals.quality.area_m2.tolist(), proposals.division.community, strict=True):
        wanted = sizes[at]
        words.append(_SMALL if area < wanted.smallest else _LARGE if area > wanted.largest else _FITTING)
    return words


def _grids(proposals: Proposals, frame: Frame) -> str:
    codes = proposals.request.communities.codes[proposals.division.community]
    shapes = []
    rows = zip(
        proposals.division.metres, fit_of(proposals), codes, proposals.numbers, proposals.quality.area_m2,
        strict=True,
    )  # fmt: skip
    for polygon, fit, code, number, area in rows:
        tip = t("{community} no. {number}: {area} m²", community=code, number=number, area=f"{area:.0f}")
        title = f"<title>{html.escape(str(tip))}</title>"
        shapes.append(f'<path class="{fit}" d="{frame.path(polygon)}">{title}</path>')
    return f'<g class="grid">{"".join(shapes)}</g>'


def _layer(name: str, geometries: Iterable[BaseGeometry], frame: Frame) -> str:
    paths = "".join(frame.path(geometry) for geometry in geometries)
    return f'<path class="{name}" d="{paths}"/>' if paths else ""


def _outlines(parts: Geometries) -> Geometries:
    return np.asarray(shapely.boundary(parts), dtype=object)


def _near(lines: Geometries, parts: Geometries) -> Geometries:
    """Cut lines at the rectangle around the communities."""
    west, south, east, north = shapely.total_bounds(parts).tolist()
    clipped = shapely.clip_by_rect(lines, west, south, east, north)
    return np.asarray(clipped[~shapely.is_empty(clipped)], dtype=object)


def _numbers(proposals: Proposals, frame: Frame) -> str:
    xy = shapely.get_coordinates(shapely.point_on_surface(proposals.division.metres))
    placed = (xy - frame.corner) * [frame.scale, -frame.scale]
    labels = [
        f'<text x="{x:.1f}" y="{y:.1f}">{number}</text>'
        for (x, y), number in zip(placed.tolist(), proposals.numbers.tolist(), strict=True)
    ]
    return f'<g class="number">{"".join(labels)}</g>'


STYLE = """
svg.division { width: 100%; border: 1px solid #ddd; background: #fff }
svg.division path { vector-effect: non-scaling-stroke; stroke-linejoin: round }
.grid path { stroke: #b0008e; stroke-width: .9 }
.fits { fill: #f4f1fb } .small { fill: #ffd9a8 } .large { fill: #bfe3ff }
.obstacle { fill: #b9b3ad; stroke: none }
.line { fill: none; stroke: #4c9a5b; stroke-width: 2.2; stroke-opacity: .7 }
.community { fill: none; stroke: #333; stroke-width: 2 }
.number text { font: 9px system-ui, sans-serif; fill: #63304f; text-anchor: middle;
  dominant-baseline: middle }
"""
"""Grid lines are magenta (品红), as Beijing's rule wants them."""
