"""Texts that end with a unit grid (单元网格): ``尚文大道古槐社区第1网格``.

Addresses are composed so where no plate is near.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely
from sqlalchemy import ColumnElement

from geocoding.answers import GeocodeAnswer, Match
from geocoding.compose_address import GRID, GRID_ENDING
from geocoding.exact_texts import SURE
from geocoding.levels import Level
from geocoding.normal import NormalText
from geocoding.place_index import PlaceIndex
from geocoding.reverse_ground import half_diagonals
from geocoding.street_names import streets_ending
from gis.models import DATASETS

_CODE = re.compile(rf"(?:{GRID})?(?P<code>\d{{15}})$")
_LONGEST_NAME = 40
_EDGE = 0.0002
"""Degrees, some 20 m: grids end in the middle of streets or at their kerbs."""
_BESIDE = 0.0005
"""Degrees, some 50 m: a street so near a grid is one of its streets."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """A grid that a text ends with: where in the plain text that begins."""

    code: str
    name: str
    shape: shapely.Geometry
    start: int


def grid_answers(index: PlaceIndex, asked: NormalText, limit: int) -> list[GeocodeAnswer]:
    """Return the unit grids that a text ends with; where a street stands before, its part in the grid.

    Of several grids of one name those whose divisions the text names count.

    Parameters
    ----------
    index : PlaceIndex
    asked : NormalText
        The text that was asked.
    limit : int
        How many answers at most.

    Returns
    -------
    list of GeocodeAnswer
        Empty where the text ends with no grid.
    """
    plain, length = asked.text, len(asked.original)
    found = [
        (answer, _said(answer, plain[: grid.start]))
        for grid in _grids(index, plain)
        for answer in _answers(index, plain, length, grid)
    ]
    most = max((said for _, said in found), default=0)
    kept = [answer for answer, said in found if said == most]
    return [replace(answer, score=SURE / len(kept)) for answer in kept[:limit]]


def _grids(index: PlaceIndex, plain: str) -> list[_Grid]:
    """Return the grids whose code or name a text ends with, the longest such name."""
    table = DATASETS["grids"].live.c
    coded = _CODE.search(plain)
    if coded:
        rows = _rows(index, table.code == coded["code"])
        return [_Grid(code, f"{GRID}{code}", shape, coded.start()) for code, _, shape in rows]
    if GRID_ENDING not in plain[-_LONGEST_NAME:]:
        return []
    # A name that does not say that it is a grid has the word behind it
    ends = (len(plain), len(plain) - len(GRID_ENDING) if plain.endswith(GRID_ENDING) else len(plain))
    spans = {plain[start:end]: start for end in ends for start in range(max(0, end - _LONGEST_NAME), end)}
    rows = _rows(index, table.name.in_(list(spans)))
    found = [_Grid(code, name, shape, spans[name]) for code, name, shape in rows]
    return [grid for grid in found if grid.start == min(one.start for one in found)]


def _rows(index: PlaceIndex, where: ColumnElement[bool]) -> list[tuple[str, str, shapely.Geometry]]:
    frame = index.read("grids", where)
    codes, names = ([str(one) for one in frame[column]] for column in ("code", "name"))
    return list(zip(codes, names, frame["geometry"].tolist(), strict=True))


def _answers(index: PlaceIndex, plain: str, length: int, grid: _Grid) -> Iterator[GeocodeAnswer]:
    """Yield the part of a street in a grid, or the grid where no street of it stands before."""
    part = None
    for street in streets_ending(index, plain[: grid.start]):
        line = index.line(street)
        if line is not None and shapely.dwithin(line, grid.shape, _BESIDE):
            part = _part(line, grid.shape)
            yield _answer(index, grid, index.name(street), part, length)
    if part is None:
        yield _answer(index, grid, "", grid.shape, length)


def _part(line: shapely.Geometry, shape: shapely.Geometry) -> shapely.Geometry:
    """Return the longest part of a line in a polygon or at its edge, of one beside it the nearest point."""
    inside = shapely.get_parts(shapely.intersection(shapely.line_merge(line), shapely.buffer(shape, _EDGE)))
    if not len(inside):
        nearest: shapely.Geometry = shapely.get_point(shapely.shortest_line(line, shape), 0)
        return nearest
    longest: shapely.Geometry = inside[np.argmax(shapely.length(inside))]
    return longest


def _answer(
    index: PlaceIndex, grid: _Grid, street: str, shape: shapely.Geometry, length: int
) -> GeocodeAnswer:
    middle = (
        shapely.line_interpolate_point(shape, 0.5, normalized=True)
        if isinstance(shape, shapely.LineString)
        else shapely.point_on_surface(shape)
    )
    lon, lat = float(middle.x), float(middle.y)
    inside = shapely.point_on_surface(grid.shape)
    divisions = index.upper.divisions(float(inside.x), float(inside.y))
    above = "".join(str(one.name) for one in list(divisions.values())[:2] if one and one.name)
    return GeocodeAnswer(
        f"{above}{street}{grid.name}",
        "grids",
        grid.code,
        Level.STREET if street else Level.COMMUNITY,
        lon,
        lat,
        20.0 + float(half_diagonals(np.array([shape], object))[0]),
        SURE,
        Match.EXACT,
        ((0, length),),
        None,
        False,
        divisions,
        index.upper.unit_grid(float(inside.x), float(inside.y)),
    )


def _said(answer: GeocodeAnswer, plain: str) -> int:
    """Count the divisions of an answer that a text names."""
    return sum(bool(one and one.name and one.name in plain) for one in answer.divisions.values())
