"""Locate points: unit grid, divisions, lines of business and areas, and what lies within their accuracy.

Usable without rules and components. One path for one point and for a million: arrays in, a list of
:class:`Place` out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import numpy as np

from responsibility.layers import LEVELS, Layers, Look
from responsibility.model import GridRef, LineRef, Status
from responsibility.proximity import Floats
from responsibility.records import Area, Division, Grid

Codes = tuple[str | None, str | None, str | None]
NOWHERE: Codes = (None, None, None)


@dataclass(frozen=True, slots=True)
class Place:
    """What a point lies in.

    Attributes
    ----------
    status : Status
        Over the unit grids, else the finest level of divisions, else the lines there are.
    unit_grid : GridRef or None
        The unit grid taken.
    divisions : tuple of (str or None)
        Codes of county, street and community.
    near_divisions : tuple of such tuples
        Those of the places within the accuracy that are not all the same.
    lines : tuple of LineRef
        Responsibility and governance grids that cover the point, by line and code.
    areas : tuple of Area
        Areas that cover the point, smallest first.
    near_areas : tuple of Area
        Areas within the accuracy that do not cover it.
    edge_areas : tuple of Area
        Areas that cover it and end within the accuracy.
    differs : tuple of str
        What differs within the accuracy.
    """

    status: Status
    unit_grid: GridRef | None = None
    divisions: Codes = NOWHERE
    near_divisions: tuple[Codes, ...] = ()
    lines: tuple[LineRef, ...] = ()
    areas: tuple[Area, ...] = ()
    near_areas: tuple[Area, ...] = ()
    edge_areas: tuple[Area, ...] = ()
    differs: tuple[str, ...] = ()


def locate(
    lon: Floats,
    lat: Floats,
    accuracy_m: Floats,
    layers: Layers,
    divisions: Mapping[str, Division],
    snap_m: float,
) -> list[Place]:
    """Locate points.

    Parameters
    ----------
    lon, lat, accuracy_m : ndarray of float, shape (n,)
        Points in EPSG:4490 and how exact each is, in metres.
    layers : Layers
        Where to look.
    divisions : mapping of str to Division
        All divisions by code, for the parents of those found.
    snap_m : float
        A point outside everything the status is told from takes what is nearest within this distance.

    Returns
    -------
    list of Place
        One per point.
    """
    seen = _seen(lon, lat, accuracy_m, layers, divisions)
    for look in seen.telling:
        look.snap(snap_m)
    seen.grid_edges = seen.grids.edges_m() if seen.grids else None
    seen.ending_areas = [look.ending_within(accuracy_m) for look in seen.areas]
    return [_place(seen, point) for point in range(len(lon))]


def place_in_grids(
    grids: Look[Grid],
    lines: list[Look[LineRef]],
    areas: list[Look[Area]],
    ending: list[list[Area]],
    divisions: Mapping[str, Division],
) -> Place:
    """Describe one point that lies in unit grids which say all their divisions.

    Parameters
    ----------
    grids, lines, areas : Look
        What was seen from the point.
    ending : list of list of Area
        By layer, the areas that cover it and end within its accuracy.
    divisions : mapping of str to Division
        All divisions by code.

    Returns
    -------
    Place
        That of :func:`locate`, but for the distance to the edge of the unit grid, which is 0.
    """
    each = [[of_layer] for of_layer in ending]
    seen = _Seen(divisions, True, grids, {}, lines, areas, [grids], np.zeros(1), each)
    return _place(seen, 0)


@dataclass(slots=True)
class _Seen:
    """The looks at all layers, which of them tell the status, and what was measured."""

    divisions: Mapping[str, Division]
    has_grids: bool
    grids: Look[Grid] | None
    levels: dict[str, Look[Division]]
    lines: list[Look[LineRef]]
    areas: list[Look[Area]]
    telling: Sequence[Look[Any]]
    grid_edges: Floats | None = None
    ending_areas: list[list[list[Area]]] = field(default_factory=list)


def _seen(
    lon: Floats, lat: Floats, accuracy_m: Floats, layers: Layers, divisions: Mapping[str, Division]
) -> _Seen:
    points = (lon, lat, accuracy_m)
    seen = _Seen(
        divisions=divisions,
        has_grids=layers.has_grids,
        grids=layers.grids.look(*points) if layers.grids else None,
        levels={level: layer.look(*points) for level, layer in layers.divisions.items()},
        lines=[layer.look(*points) for layer in layers.lines],
        areas=[layer.look(*points) for layer in layers.areas],
        telling=(),
    )
    seen.telling = _telling(seen, layers)
    return seen


def _telling(seen: _Seen, layers: Layers) -> Sequence[Look[Any]]:
    if layers.has_grids:
        return [seen.grids] if seen.grids else []
    if layers.levels:
        finest = seen.levels.get(layers.levels[-1])
        return [finest] if finest else []
    return seen.lines if layers.has_lines else seen.areas


def _place(seen: _Seen, point: int) -> Place:
    grid = seen.grids.taken(point) if seen.grids else None
    divisions = _divisions(seen, point, grid)
    near_divisions = _near_divisions(seen, point, divisions)
    lines = [ref for look in seen.lines for ref in look.covering(point)]
    areas = [area for look in seen.areas for area in look.covering(point)]
    near_areas = [area for look in seen.areas for area in look.others(point)]
    edge_areas = [area for ending in seen.ending_areas for area in ending[point]]
    return Place(
        status=_status(seen, point),
        unit_grid=_grid_ref(seen, point, grid),
        divisions=divisions,
        near_divisions=near_divisions,
        lines=tuple(sorted(lines, key=lambda ref: (ref.line, ref.code))),
        areas=tuple(sorted(areas, key=lambda area: (area.size_m2, area.ref.line, area.ref.code))),
        near_areas=tuple(near_areas),
        edge_areas=tuple(edge_areas),
        differs=tuple(_differs(seen, point, divisions, near_divisions, [*near_areas, *edge_areas])),
    )


def _status(seen: _Seen, point: int) -> Status:
    covering = [len(look.containing[point]) for look in seen.telling]
    if not any(covering):
        return Status.OUTSIDE
    if max(covering) > 1:
        return Status.OVERLAP
    if any(point in look.snapped for look in seen.telling):
        return Status.GAP_SNAPPED
    near = any(look.others(point) for look in seen.telling)
    return Status.NEAR_BOUNDARY if near else Status.INSIDE


def _grid_ref(seen: _Seen, point: int, grid: Grid | None) -> GridRef | None:
    if grid is None or seen.grid_edges is None:
        return None
    return GridRef(grid.code, grid.name, round(float(seen.grid_edges[point]), 2))


def _divisions(seen: _Seen, point: int, grid: Grid | None) -> Codes:
    found = {level: division for level in LEVELS if (division := _found(seen, level, point)) is not None}
    return divisions_at(_of_grid(grid) if grid else None, found, seen.divisions)


def divisions_at(
    of_grid: Codes | None, found: Mapping[str, Division], divisions: Mapping[str, Division]
) -> Codes:
    """Take the divisions from the grid, else the finest level and its parents, else each by itself.

    Parameters
    ----------
    of_grid : tuple of (str or None) or None
        Codes of county, street and community by the unit grid, None where there is no grid.
    found : mapping of str to Division
        The divisions that contain the point, by level.
    divisions : mapping of str to Division
        All divisions by code.
    """
    if of_grid is not None:
        codes = dict(zip(LEVELS, of_grid, strict=True))
    else:
        finest = next((found[level] for level in reversed(LEVELS) if level in found), None)
        codes = _with_parents(divisions, finest)
    for level in LEVELS:
        if codes.get(level) is None and level in found:
            codes[level] = found[level].code
    return codes.get("county"), codes.get("street"), codes.get("community")


def _found(seen: _Seen, level: str, point: int) -> Division | None:
    look = seen.levels.get(level)
    return look.taken(point) if look else None


def _of_grid(grid: Grid) -> Codes:
    return grid.county, grid.street, grid.community


def _with_parents(divisions: Mapping[str, Division], division: Division | None) -> dict[str, str | None]:
    """Follow the parents of a division; a circle ends where a level comes again."""
    codes: dict[str, str | None] = {}
    while division is not None and division.level not in codes:
        codes[division.level] = division.code
        division = divisions.get(division.parent_code or "")
    return codes


def _near_divisions(seen: _Seen, point: int, own: Codes) -> tuple[Codes, ...]:
    """Return the divisions of the neighbours within the accuracy, where they are not all the own."""
    if seen.has_grids:
        grids = seen.grids.others(point) if seen.grids else ()
        near = [filled(_of_grid(grid), own) for grid in grids]
    else:
        near = list(_neighbours_by_level(seen, point, own))
    return tuple(codes for codes in dict.fromkeys(near) if codes != own)


def _neighbours_by_level(seen: _Seen, point: int, own: Codes) -> Iterable[Codes]:
    """Yield the codes at each neighbouring division; finer levels of it are neighbours themselves."""
    for position, level in enumerate(LEVELS):
        look = seen.levels.get(level)
        for division in look.others(point) if look else ():
            codes = _with_parents(seen.divisions, division)
            yield filled([codes.get(name) for name in LEVELS[: position + 1]], own)


def filled(codes: Sequence[str | None], own: Codes) -> Codes:
    """Complete the codes of a neighbour by the own ones."""
    county, street, community = (code or known for code, known in zip_longest(codes, own))
    return county, street, community


def _differs(
    seen: _Seen, point: int, own: Codes, near: Sequence[Codes], areas: Iterable[Area]
) -> Iterable[str]:
    if seen.grids is not None and seen.grids.others(point):
        yield "unit_grid"
    for position, level in enumerate(LEVELS):
        if any(codes[position] != own[position] for codes in near):
            yield level
    lines = {ref.line for look in seen.lines for ref in look.others(point)}
    lines.update(area.ref.line for area in areas)
    yield from (f"line:{line}" for line in sorted(lines))
