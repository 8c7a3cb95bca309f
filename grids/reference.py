"""What the registry already has around a delivery: divisions above it, areas beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeVar

import numpy as np
import pandas
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Connection, or_, select

from gis.columns import from_json
from gis.metres import LocalMetres
from gis.models import DATASETS, editions
from gis.read import read_frame
from gis.registry import Registry
from gis.staging import Staging
from grids.codes import Level
from grids.fitting import Layer
from grids.topology import Surfaces

_MARGIN_DEGREES = 0.001
_GRID_DIGITS = 15

_Found = TypeVar("_Found")


def nothing(metres: LocalMetres) -> Layer:
    """Return a layer without areas."""
    empty = np.array([], dtype=object)
    return Layer(empty, empty, Surfaces([], metres))


def read_areas(
    registry: Registry,
    dataset: str,
    surfaces: Surfaces,
    geometries: NDArray[np.object_],
    *,
    where: ColumnElement[bool] | None = None,
    without: Collection[str] = (),
) -> Layer:
    """Read the live areas of a dataset around some geometries.

    Parameters
    ----------
    registry : Registry
        Where from.
    dataset : str
        Name of a dataset with ``code`` and ``name``.
    surfaces : Surfaces
        The delivery in metres; the areas are measured in the same.
    geometries : ndarray of geometries
        EPSG:4490; their common rectangle says where to look.
    where : clause, optional
        Which rows.
    without : collection of str
        Codes that the delivery replaces.
    """
    west, south, east, north = shapely.total_bounds(geometries).tolist()
    if np.isnan(west):
        return nothing(surfaces.metres)
    margin = _MARGIN_DEGREES
    box = (west - margin, south - margin, east + margin, north + margin)
    frame = read_frame(registry, dataset, bbox=box, where=where, columns=["code", "name", "geometry"])
    replaced = set(without)
    frame = frame[np.array([code not in replaced for code in frame["code"]], dtype=bool)]
    return _layer(frame["code"], frame["name"], np.array(list(frame.geometry), dtype=object), surfaces.metres)


def _layer(
    codes: Sequence[str] | pandas.Series[str],
    names: Sequence[str | None] | pandas.Series[str],
    geometries: NDArray[np.object_],
    metres: LocalMetres,
) -> Layer:
    text = [None if pandas.isna(name) else name for name in names]
    return Layer(np.array(codes, dtype=object), np.array(text, dtype=object), Surfaces(geometries, metres))


def divisions_of(
    registry: Registry,
    level: Level,
    surfaces: Surfaces,
    geometries: NDArray[np.object_],
    without: Collection[str] = (),
) -> Layer:
    """Read the live divisions of one level around some geometries, see :func:`read_areas`."""
    of_level = DATASETS["divisions"].live.c.level == str(level)
    return read_areas(registry, "divisions", surfaces, geometries, where=of_level, without=without)


def staged_areas(staging: Staging, surfaces: Surfaces, rows: NDArray[np.bool_]) -> Layer:
    """Make a layer of rows of the delivery, the pieces of one code joined."""
    pieces: dict[str, list[int]] = defaultdict(list)
    for at in np.flatnonzero(rows & ~staging.refused):
        pieces[staging.values("code")[at]].append(int(at))
    names = staging.values("name")
    first = [names[positions[0]] for positions in pieces.values()]
    return Layer(
        np.array(list(pieces), dtype=object),
        np.array(first, dtype=object),
        surfaces.joined(list(pieces.values())),
    )


def joined(first: Layer, second: Layer) -> Layer:
    """Put two layers in the same metres one after the other."""
    return Layer(
        np.concatenate([first.codes, second.codes]),
        np.concatenate([first.names, second.names]),
        first.surfaces.with_others(second.surfaces),
    )


def selected(layer: Layer, positions: Collection[int]) -> Layer:
    """Return some areas of a layer."""
    rows = sorted({int(at) for at in positions if at >= 0})
    return Layer(layer.codes[rows], layer.names[rows], layer.surfaces.take(rows))


def live_codes(registry: Registry, dataset: str) -> set[str]:
    """Return all live codes of a dataset."""
    table = DATASETS[dataset].live
    with registry.connect() as connection:
        return set(connection.scalars(select(table.c.code)))


def retired_codes(registry: Registry, dataset: str, codes: Collection[str]) -> dict[str, BaseGeometry]:
    """Return those of some codes that were retired, each with its last geometry.

    Retired is what was live once and is not now. What a reverted import brought never was; what was
    converted goes on under another code.
    """
    wanted = set(codes)
    found = retired_among(registry, dataset, lambda gone: {code: code for code in gone if code in wanted})
    return {code: geometry for code, (_, geometry) in found.items()}


def retired_among(
    registry: Registry, dataset: str, find: Callable[[Collection[str]], Mapping[str, _Found]]
) -> dict[str, tuple[_Found, BaseGeometry]]:
    """Return what a function finds under codes that were retired, each with its last geometry.

    Parameters
    ----------
    registry : Registry
    dataset : str
    find : callable
        Given all codes that were retired, returns what it has under those it knows.
    """
    chosen = DATASETS[dataset]
    live, history = chosen.live.c[chosen.key[-1]], chosen.history.c[chosen.key[-1]]
    others = select(editions.c.id).where(editions.c.operation.in_(("revert", "convert")))
    gone = select(history).distinct().where(history.not_in(select(live)))
    gone = gone.where(chosen.history.c.closed_by.not_in(others))
    last: dict[str, tuple[_Found, BaseGeometry]] = {}
    with registry.connect() as connection:
        for code, found in sorted(find(connection.scalars(gone).all()).items()):
            versions = select(chosen.history.c.geom).where(history == code)
            newest = versions.order_by(chosen.history.c.valid_to.desc()).limit(1)
            last[code] = found, connection.scalars(newest).one()
    return last


def used_sequences(registry: Registry, also: Collection[str] = ()) -> dict[str, set[int]]:
    """Return the numbers that unit grids have or had, by community.

    Numbers count as used when a live grid has them, when the history has them, also that of reverted
    imports, and when a record of a retirement names them, be it as the old code or as a successor.

    Parameters
    ----------
    registry : Registry
    also : collection of str
        Codes that a delivery ends.
    """
    used: dict[str, set[int]] = defaultdict(set)
    with registry.connect() as connection:
        for code in chain(_codes_ever(connection), also):
            if len(code) == _GRID_DIGITS and code[12:].isdecimal():
                used[code[:12]].add(int(code[12:]))
    return used


def used_numbers(registry: Registry, community: str) -> set[int]:
    """Return the numbers that unit grids of one community have or had, see :func:`used_sequences`."""
    with registry.connect() as connection:
        codes = [code for code in _codes_ever(connection, community) if code.startswith(community)]
    return {int(code[12:]) for code in codes if len(code) == _GRID_DIGITS and code[12:].isdecimal()}


def _codes_ever(connection: Connection, community: str = "") -> Iterator[str]:
    """Return every code of a unit grid that the registry knows of, of one community or of all."""
    dataset, records = DATASETS["grids"], DATASETS["retirements"]
    for table in (dataset.live, dataset.history):
        statement = select(table.c.code).where(table.c.code >= community)
        yield from connection.scalars(statement.where(table.c.code < community + "\U0010ffff"))
    for table in (records.live, records.history):
        statement = select(table.c.code, table.c.successors).where(table.c.kind == "grids")
        if community:
            named = table.c.successors.contains(f'"{community}', autoescape=True)
            statement = statement.where(or_(table.c.code.startswith(community, autoescape=True), named))
        for code, successors in connection.execute(statement):
            yield code
            yield from from_json(successors) or ()
