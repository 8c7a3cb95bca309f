"""Which component is meant by which check point: one to one, in four steps from sure to likely.

1. the inspector read the identifier, and the component is not absurdly far;
2. the same class within the reach of its accuracy class;
3. a class of the same group (a cover is a cover) within that reach: the class is wrong in the data;
4. anything on the spot, no farther than the accuracy: the class is wrong in the data.

Within each step the pairs are the best in sum, see :mod:`components.acceptance.assignment`. What is left over
was missed by the survey, or is there in the data and not in the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from components.acceptance.assignment import assign
from components.acceptance.census import Census, accuracy_class
from components.acceptance.check_points import CheckPoints
from components.acceptance.settings import AcceptanceSettings
from gis.metres import LocalMetres

Integers = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class How(StrEnum):
    """What a pair was found by."""

    IDENTIFIER = "identifier"
    CLASS = "class"
    GROUP = "group"
    SPOT = "spot"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Check points with their components; arrays of one entry per pair, in the order of the points.

    Attributes
    ----------
    point, component : ndarray of int
        Positions.
    distance_m : ndarray of float64
        From the check point to the component; 0 inside of an area.
    how : ndarray of How
        Step that found the pair.
    """

    point: Integers
    component: Integers
    distance_m: Floats
    how: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Pairs that lie within the longest reach."""

    point: Integers
    component: Integers
    distance_m: Floats


def match(points: CheckPoints, census: Census, settings: AcceptanceSettings) -> Pairs:
    """Pair check points with components.

    Parameters
    ----------
    points : CheckPoints
        What stands in the field.
    census : Census
        What the data has, also beyond the inspected sheets: a point near the edge of a sheet may have its
        component in the next.
    settings : AcceptanceSettings
        Reach and accuracy.
    """
    metres = LocalMetres.around(points.points, census.points)
    left, right = metres.forward(points.points), metres.forward(census.geometries)
    by_identifier = _by_identifier(points, census, left, right, settings.identifier_m)
    classes = np.array([accuracy_class(info) for info in points.infos], dtype=object)
    reach = _lengths(classes, settings.reach_m)
    spot = _lengths(classes, settings.accuracy_m)
    near = _near(left, right, float(reach.max(initial=0.0)))
    same, alike = _same_class(points, census), _same_group(points, census)
    steps: list[tuple[How, Callable[[_Candidates], Flags], Floats]] = [
        (How.CLASS, same, reach),
        (How.GROUP, alike, reach),
        (How.SPOT, lambda candidates: np.ones(len(candidates.point), dtype=bool), spot),
    ]
    found = [(How.IDENTIFIER, by_identifier)]
    for how, fits, limit in steps:
        near = _open(near, found[-1][1])
        chosen = _assigned(near, fits(near), limit)
        found.append((how, chosen))
    return _pairs(found)


def _by_identifier(
    points: CheckPoints, census: Census, left: NDArray[np.object_], right: NDArray[np.object_], limit: float
) -> _Candidates:
    """Pair by identifier; of points that read the same one the nearest gets it."""
    position = {identifier: at for at, identifier in enumerate(census.rows["id"])}
    pairs = [(at, position[text]) for at, text in enumerate(points.identifiers) if text in position]
    point, component = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    distance = np.asarray(shapely.distance(left[point], right[component]), dtype=np.float64)
    candidates = _Candidates(point, component, distance)
    return _assigned(candidates, np.ones(len(pairs), dtype=bool), np.full(len(points), limit))


def _lengths(classes: NDArray[np.object_], metres: Mapping[str, float]) -> Floats:
    """Return the length of each accuracy class."""
    return np.array([metres[name] for name in classes], dtype=np.float64)


def _near(left: NDArray[np.object_], right: NDArray[np.object_], reach: float) -> _Candidates:
    point, component = shapely.STRtree(right).query(left, predicate="dwithin", distance=reach)
    distance = np.asarray(shapely.distance(left[point], right[component]), dtype=np.float64)
    return _Candidates(point, component, distance)


def _same_class(points: CheckPoints, census: Census) -> Callable[[_Candidates], Flags]:
    field, data = points.keys(), census.keys()
    return lambda near: np.asarray(field[near.point] == data[near.component], dtype=bool)


def _same_group(points: CheckPoints, census: Census) -> Callable[[_Candidates], Flags]:
    field = [frozenset(info.groups) if info is not None else frozenset() for info in points.infos]
    data = [frozenset(info.groups) if info is not None else frozenset() for info in census.infos()]
    return lambda near: np.array(
        [bool(field[a] & data[b]) for a, b in zip(near.point.tolist(), near.component.tolist(), strict=True)],
        dtype=bool,
    )


def _open(near: _Candidates, taken: _Candidates) -> _Candidates:
    """Leave out the candidates of things that have their partner."""
    keep = ~np.isin(near.point, taken.point) & ~np.isin(near.component, taken.component)
    return _Candidates(near.point[keep], near.component[keep], near.distance_m[keep])


def _assigned(near: _Candidates, fits: Flags, limit: Floats) -> _Candidates:
    """Choose among the candidates that fit and lie within the limit of their point."""
    room = limit[near.point] - near.distance_m
    good = np.flatnonzero(fits & (room >= 0))
    # at the very limit a pair is still worth something
    point, component = assign(near.point[good], near.component[good], room[good] + 1e-9)
    candidates = zip(near.point[good].tolist(), near.component[good].tolist(), strict=True)
    lengths = dict(zip(candidates, near.distance_m[good].tolist(), strict=True))
    distance = [lengths[pair] for pair in zip(point.tolist(), component.tolist(), strict=True)]
    return _Candidates(point, component, np.array(distance, dtype=np.float64))


def _pairs(found: list[tuple[How, _Candidates]]) -> Pairs:
    point = np.concatenate([pairs.point for _, pairs in found])
    order = np.argsort(point, kind="stable")
    how = [how for how, pairs in found for _ in range(len(pairs.point))]
    return Pairs(
        point[order],
        np.concatenate([pairs.component for _, pairs in found])[order],
        np.concatenate([pairs.distance_m for _, pairs in found])[order],
        np.array([*how, None], dtype=object)[:-1][order],
    )
