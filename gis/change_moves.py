"""Measure how far all changed things of a dataset moved, a few thousand in memory at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, FromClause

from gis.change_kinds import ChangeKind, class_columns
from gis.change_reading import geometries_of
from gis.change_states import Columns, States, differ
from gis.change_things import STILL_M, Key
from gis.columns import binary
from gis.models import GEOMETRY
from gis.movement import movements

BANDS_M = (0.5, 2.0, 10.0)
"""Moves are counted up to and with each of these, in metres, and beyond: the accuracy of a survey, the other
side of a kerb, another place."""

_PAIRS = 5_000

Class: TypeAlias = tuple[str | None, ...]


@dataclass(slots=True)
class Moves:
    """How far things moved.

    Attributes
    ----------
    class_bands : dict of tuple to list of int
        By class, how many moved at most so far, by :data:`BANDS_M`, then those that moved farther.
    unmeasured : int
        How many were given a place, or lost it.
    by_class : Counter
        By class and kind, moved or rewritten.
    farthest : list of (float, tuple)
        Metres and key of those that moved farthest, the farthest first.
    unplaced : list of tuple
        Keys of the first that were given a place, or lost it.
    rewritten : list of tuple
        Keys of the first whose coordinates differ though they have not moved.
    """

    class_bands: dict[Class, list[int]] = field(default_factory=dict)
    unmeasured: int = 0
    by_class: Counter[tuple[Class, ChangeKind]] = field(default_factory=Counter)
    farthest: list[tuple[float, Key]] = field(default_factory=list)
    unplaced: list[Key] = field(default_factory=list)
    rewritten: list[Key] = field(default_factory=list)

    @property
    def bands(self) -> list[int]:
        """How many moved how far, over all classes."""
        return [sum(counts) for counts in zip(_no_bands(), *self.class_bands.values(), strict=True)]

    @property
    def farthest_m(self) -> float | None:
        """How far the farthest moved, in metres."""
        return self.farthest[0][0] if self.farthest else None


def measure_moves(connection: Connection, states: States, *, named: int) -> Moves:
    """Measure the moves between two states.

    Parameters
    ----------
    connection : Connection
    states : States
        Of a dataset with a geometry.
    named : int
        How many to name of the farthest, and of those that were rewritten.
    """
    moves = Moves()
    for keys, classes, metres in _measured(connection, states):
        still, unmeasured = metres < STILL_M, np.isnan(metres)
        moves.unmeasured += int(unmeasured.sum())
        _count_bands(moves, classes, np.where(still, np.nan, metres))
        kinds = [ChangeKind.REWRITTEN if stays else ChangeKind.MOVED for stays in still.tolist()]
        moves.by_class.update(zip(classes, kinds, strict=True))
        moves.farthest = _farthest(moves.farthest, keys, np.where(still, np.nan, metres), named)
        for named_ones, chosen in ((moves.unplaced, unmeasured), (moves.rewritten, still)):
            rows = np.flatnonzero(chosen)[: named - len(named_ones)]
            named_ones += [keys[at] for at in rows.tolist()]
    return moves


def _measured(
    connection: Connection, states: States
) -> Iterator[tuple[list[Key], list[Class], NDArray[np.float64]]]:
    """Yield keys, classes afterwards and metres of things whose geometry differs."""
    dataset, classed = states.dataset, class_columns(states.dataset)

    def columns(old: FromClause, new: FromClause) -> Columns:
        sides = (binary(old.c[GEOMETRY]).label("old_geom"), binary(new.c[GEOMETRY]).label("new_geom"))
        return [*(new.c[name] for name in dataset.key), *(new.c[name] for name in classed), *sides]

    width = len(dataset.key)
    statement = states.changed(columns, differ((GEOMETRY,)))
    result = connection.execute(statement, execution_options={"yield_per": _PAIRS})
    for rows in result.partitions(_PAIRS):
        values: list[tuple[Any, ...]] = [tuple(row) for row in rows]
        old, new = (geometries_of(connection, [row[at] for row in values]) for at in (-2, -1))
        keys, classes = [row[:width] for row in values], [row[width:-2] for row in values]
        yield keys, classes, movements(old, new)


def _count_bands(moves: Moves, classes: list[Class], metres: NDArray[np.float64]) -> None:
    """Count by class how far things moved; NaN has not, or not by a known distance."""
    moved = np.flatnonzero(~np.isnan(metres))
    bands = np.searchsorted(BANDS_M, metres[moved]).tolist()
    for (classed, band), count in Counter(zip((classes[at] for at in moved), bands, strict=True)).items():
        moves.class_bands.setdefault(classed, _no_bands())[band] += count


def _no_bands() -> list[int]:
    return [0] * (len(BANDS_M) + 1)


def _farthest(
    known: list[tuple[float, Key]], keys: list[Key], metres: NDArray[np.float64], named: int
) -> list[tuple[float, Key]]:
    """Return the farthest of those known and of some more; equals in the order of their keys."""
    least = known[-1][0] if len(known) == named else 0.0
    candidates = np.flatnonzero(metres >= least)
    if len(candidates) > named:
        nth = np.partition(metres[candidates], -named)[-named]
        candidates = candidates[metres[candidates] >= nth]
    found = [(float(metres[at]), keys[at]) for at in candidates.tolist()]
    return sorted([*known, *found], key=lambda one: (-one[0], one[1]))[:named]
