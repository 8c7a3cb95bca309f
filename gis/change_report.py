"""The change report (变更报告): what one edition did to a dataset, in words for surveyor and client.

It is worked out in the database from the versions an edition wrote and closed, after the commit or inside the
transaction that writes it. Only counts, the first things of each kind and a bounded number of places are held
in memory; to measure moves, pairs of geometries pass through in pieces.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from gis.change_kinds import ChangeKind
from gis.change_moves import BANDS_M, Moves, measure_moves
from gis.change_reading import ChangedThings
from gis.change_states import States
from gis.change_tally import Tally, count_changes
from gis.change_things import ChangedThing, Transfer
from gis.models import dataset_named, edition_parts

NAMED = 10
"""Things of each kind that a report names."""

PLACES = 50_000
"""Changed things whose places a report keeps, for its map layer."""

TRANSFERS = 200
"""Different transfers from one unit, class or state to another that a report keeps, the commonest."""


@dataclass(frozen=True, slots=True)
class ClassChanges:
    """What became of the things of one class.

    ``standard`` and ``code`` are ``None`` in a dataset without classes; ``name`` is filled in by who knows
    the classes. ``changed`` counts things that stay and differ in anything: they may be of several kinds.
    ``bands`` are those that moved by how far, see :class:`gis.change_moves.Moves`.
    """

    standard: str | None
    code: str | None
    counts: dict[ChangeKind, int]
    changed: int = 0
    name: str | None = None
    bands: tuple[int, ...] = ()

    def of(self, kind: ChangeKind) -> int:
        """Return how many things are of a kind."""
        return self.counts.get(kind, 0)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Live things in the reach of a delivery that it does not contain.

    ``scope`` is what the delivery has things of: county, edition of the codes, class.
    """

    scope: dict[str, str | None]
    count: int
    first: tuple[str, ...] = ()
    name: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return them as JSON types."""
        return {**self.scope, "name": self.name, "count": self.count, "first": list(self.first)}


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """What became of the things of a dataset.

    Attributes
    ----------
    dataset : str
    edition : int
        The edition it is about; after a check the number that it would have had.
    since : int or None
        The edition it is compared with; ``None`` for the state right before.
    classes : tuple of ClassChanges
        In the order of the codes; a re-classed thing counts in its new class.
    moves : Moves
    transfers : tuple of Transfer
        Units, classes and states from what to what, the commonest first, at most :data:`TRANSFERS`.
    more_transfers : int
        How many things have other transfers than these, each counted as often as it has.
    columns : dict of str to int
        Things by the column in which they differ.
    things : dict of ChangeKind to list of ChangedThing
        The first of each kind; of those that moved, the farthest.
    unchanged : int or None
        Things delivered as they were; ``None`` when it is not known.
    undelivered : tuple of Undelivered or None
        ``None`` when it is not known.
    places : tuple of ChangedThing
        Changed, retired and added things, at most :data:`PLACES`.
    """

    dataset: str
    edition: int
    since: int | None
    classes: tuple[ClassChanges, ...]
    moves: Moves
    transfers: tuple[Transfer, ...] = ()
    more_transfers: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    things: dict[ChangeKind, list[ChangedThing]] = field(default_factory=dict)
    unchanged: int | None = None
    undelivered: tuple[Undelivered, ...] | None = None
    places: tuple[ChangedThing, ...] = ()

    def count(self, kind: ChangeKind) -> int:
        """Return how many things are of a kind, over all classes."""
        return sum(one.of(kind) for one in self.classes)

    @property
    def changed(self) -> int:
        """How many things stay and differ in anything."""
        return sum(one.changed for one in self.classes)

    @property
    def touched(self) -> int:
        """How many things are not as before."""
        return self.changed + self.count(ChangeKind.ADDED) + self.count(ChangeKind.RETIRED)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON types, without :attr:`places`."""
        limits = [*BANDS_M, None]
        return {
            "dataset": self.dataset,
            "edition": self.edition,
            "since": self.since,
            "counts": {
                **{str(kind): self.count(kind) for kind in ChangeKind},
                "changed": self.changed,
                "unchanged": self.unchanged,
            },
            "classes": [_class_to_dict(one) for one in self.classes],
            "moved": {
                "bands": [
                    {"up_to_m": limit, "count": count}
                    for limit, count in zip(limits, self.moves.bands, strict=True)
                ],
                "unmeasured": self.moves.unmeasured,
                "farthest_m": None if self.moves.farthest_m is None else round(self.moves.farthest_m, 3),
            },
            "transfers": [transfer.to_dict() for transfer in self.transfers],
            "more_transfers": self.more_transfers,
            "columns": self.columns,
            "things": {
                str(kind): [thing.to_dict() for thing in things] for kind, things in self.things.items()
            },
            "undelivered": None if self.undelivered is None else [one.to_dict() for one in self.undelivered],
        }


def _class_to_dict(one: ClassChanges) -> dict[str, Any]:
    return {
        "standard": one.standard,
        "class_code": one.code,
        "name": one.name,
        **{str(kind): one.of(kind) for kind in ChangeKind},
        "changed": one.changed,
        "moved_bands": list(one.bands),
    }


def change_report(
    connection: Connection,
    edition: int,
    dataset: str,
    *,
    unchanged: int | None = None,
    places: int = PLACES,
) -> ChangeReport:
    """Report what an edition did to a dataset.

    Parameters
    ----------
    connection : Connection
        Of a registry; that of an edition which is just being written, once its rows are.
    edition : int
        Its number. One that did nothing to the dataset gives a report without changes.
    dataset : str
        A name of ``gis.models.DATASETS``.
    unchanged : int, optional
        Things delivered as they were, where they are not written down with the edition yet.
    places : int
        How many places to keep at most.

    Raises
    ------
    UsageError
        There is no such dataset.
    """
    chosen = dataset_named(dataset)
    if unchanged is None:
        part = edition_parts.c
        known = select(part.unchanged).where(part.edition == edition, part.dataset == dataset)
        unchanged = connection.scalar(known)
    states = States.around(connection, chosen, edition)
    return _report(connection, states, edition, None, unchanged, places)


def change_report_between(
    connection: Connection, a: int, b: int, dataset: str, *, places: int = 0
) -> ChangeReport:
    """Report what became of a dataset from after edition ``a`` to after edition ``b``.

    What was undone in between does not show; ``b`` may be the earlier one. Edition 0 stands for the empty
    registry.

    Raises
    ------
    NotFound
        One of the editions does not exist.
    UsageError
        There is no such dataset.
    """
    states = States.between(connection, dataset_named(dataset), a, b)
    return _report(connection, states, b, a, None, places)


def _report(
    connection: Connection,
    states: States,
    edition: int,
    since: int | None,
    unchanged: int | None,
    places: int,
) -> ChangeReport:
    tally = count_changes(connection, states)
    moves = Moves()
    if tally.columns["geometry"]:
        moves = measure_moves(connection, states, named=NAMED)
        for (classed, kind), count in moves.by_class.items():
            tally.kinds[classed][kind] += count
    every = (Transfer(*one, count) for one, count in tally.transfers.items())
    kept = sorted(every, key=_commonest)
    things = ChangedThings(connection, states)
    return ChangeReport(
        states.dataset.name,
        edition,
        since,
        _classes(tally, moves),
        moves,
        tuple(kept[:TRANSFERS]),
        sum(transfer.count for transfer in kept[TRANSFERS:]),
        {name: tally.columns[name] for name in (*states.dataset.columns, "geometry") if tally.columns[name]},
        _first_things(things, tally, moves),
        unchanged,
        places=tuple(_places(things, tally, places)),
    )


def _commonest(transfer: Transfer) -> tuple[Any, ...]:
    sides = (transfer.before, transfer.after)
    texts = [part or "" for side in sides for part in (side.standard, side.code, side.name)]
    return -transfer.count, transfer.aspect, texts


def _classes(tally: Tally, moves: Moves) -> tuple[ClassChanges, ...]:
    """Return what was counted by class, in the order of the codes."""
    found = []
    for classed, kinds in tally.kinds.items():
        counts = {kind: kinds[kind] for kind in ChangeKind if kinds[kind]}
        if counts:
            standard, code = classed or (None, None)
            bands = tuple(moves.class_bands.get(classed, ()))
            found.append(ClassChanges(standard, code, counts, tally.changed[classed], bands=bands))
    return tuple(sorted(found, key=lambda one: (one.code or "", one.standard or "")))


def _first_things(things: ChangedThings, tally: Tally, moves: Moves) -> dict[ChangeKind, list[ChangedThing]]:
    """Read the first things of each kind there is; of those that moved, the farthest."""
    keys = {
        ChangeKind.MOVED: [key for _, key in moves.farthest] + moves.unplaced,
        ChangeKind.REWRITTEN: moves.rewritten,
    }
    return {
        kind: things.with_keys(keys[kind][:NAMED]) if kind in keys else things.of(kind, NAMED)
        for kind in ChangeKind
        if tally.has(kind)
    }


def _places(things: ChangedThings, tally: Tally, limit: int) -> list[ChangedThing]:
    """Read places: of what changed first, then of what was retired, then of what is new."""
    found = things.changed(limit) if limit and tally.changed.total() else []
    for kind in (ChangeKind.RETIRED, ChangeKind.ADDED):
        if len(found) < limit and tally.has(kind):
            found += things.of(kind, limit - len(found))
    return found
