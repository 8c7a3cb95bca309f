"""The changes in a report: how many of each class, how far, from whom to whom, and the first of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gis.change_kinds import KIND_NAMES, ROLE_NAMES, ChangeKind
from gis.change_report import ChangeReport, ClassChanges
from gis.change_things import ChangedThing
from gis.change_words import (
    band_names,
    class_text,
    column_name,
    headline,
    metres_text,
    scope_text,
    several_editions,
    sides_of,
    told_of,
    undelivered_text,
)
from gis.report_tables import escape
from gis.text import Text, t

SHOWN = 50
"""Transfers of one aspect that the page shows."""


def changes_line(changes: ChangeReport | None, *, committed: bool) -> str:
    """Return a line that says what changed, or would, and leads to the section."""
    if changes is None:
        return ""
    return f'<p><a href="#changes">{escape(headline(changes, committed=committed))}</a></p>'


def changes_section(changes: ChangeReport | None, *, committed: bool) -> str:
    """Return the section on changes, empty where they were not worked out.

    Parameters
    ----------
    changes : ChangeReport or None
    committed : bool
        Whether they were committed, or would be by an import.
    """
    if changes is None:
        return ""
    parts = [
        f"<section id=changes class=changes><h2>{escape(t('Changes'))}</h2>",
        f"<p class=verdict>{escape(headline(changes, committed=committed))}</p>",
        *_by_class(changes),
        *_missing(changes),
        *_distances(changes),
        "<div class=facts>",
        *(f"<div>{table}</div>" for table in (*_transfers(changes), *_columns(changes))),
        "</div>",
        _more(changes.more_transfers),
        *_things(changes),
        "</section>",
    ]
    return "\n".join(parts)


def _by_class(changes: ChangeReport) -> Iterator[str]:
    """Write the table of classes with the kinds of change there are, and their sums."""
    kinds = [kind for kind in ChangeKind if changes.count(kind)]
    if not kinds:
        return
    classed = any(one.code is not None for one in changes.classes)
    names = [*((t("Class"),) if classed else ()), *(KIND_NAMES[kind] for kind in kinds)]
    rows = _class_rows(changes, kinds)
    sums = [*((t("All classes"),) if classed else ()), *(changes.count(kind) for kind in kinds)]
    yield _table(names, rows, numbers=len(kinds), sums=sums)
    told = t(
        "One thing may count in several columns. Where it moved by less than 1 cm it has not moved: only its "
        "coordinates were written anew."
    )
    yield f"<p class=note>{escape(told)}</p>"


def _class_rows(changes: ChangeReport, kinds: Sequence[ChangeKind]) -> list[list[object]]:
    return [[name, *(one.of(kind) or "" for kind in kinds)] for name, one in _class_names(changes)]


def _class_names(changes: ChangeReport) -> list[tuple[str, ClassChanges]]:
    """Return the classes with what they are called; none in a dataset without classes."""
    several = several_editions(changes)
    return [
        (class_text(one.standard if several else None, one.code, one.name), one)
        for one in changes.classes
        if one.code is not None
    ]


def _missing(changes: ChangeReport) -> Iterator[str]:
    told = undelivered_text(changes)
    if told is None or changes.undelivered is None:
        return
    yield f"<p class=verdict>{escape(told)}</p>"
    rows = [(scope_text(one), " ".join(one.first), one.count) for one in changes.undelivered]
    yield _table([t("County and class"), t("The first of them"), t("Count")], rows, numbers=1)


def _distances(changes: ChangeReport) -> Iterator[str]:
    """Write how many things of each class moved how far, and their sums."""
    if not changes.count(ChangeKind.MOVED):
        return
    names = _class_names(changes)
    moved = [(name, *(n or "" for n in one.bands)) for name, one in names if any(one.bands)]
    sums = (*((t("All classes"),) if moved else ()), *changes.moves.bands)
    head = [*((t("Class"),) if moved else ()), *band_names()]
    yield f"<h3>{escape(t('How far things moved'))}</h3>"
    yield _table(head, moved, numbers=len(changes.moves.bands), sums=sums)
    if changes.moves.unmeasured:
        told = t("Given a place, or without one now: {n}", n=changes.moves.unmeasured)
        yield f"<p class=note>{escape(told)}</p>"


def _transfers(changes: ChangeReport) -> Iterator[str]:
    """Write for each aspect what became what, the commonest first."""
    for aspect, name in ROLE_NAMES.items():
        chosen = [one for one in changes.transfers if one.aspect == aspect]
        if chosen:
            rows = [(*sides_of(one), one.count) for one in chosen[:SHOWN]]
            table = _table([t("From"), t("To"), t("Count")], rows, numbers=1)
            yield _headed(
                t("Changed: {aspect}", aspect=name), table + _more(sum(o.count for o in chosen[SHOWN:]))
            )


def _columns(changes: ChangeReport) -> Iterator[str]:
    if changes.columns:
        rows = [(column_name(name), count) for name, count in changes.columns.items()]
        yield _headed(t("Fields that changed"), _table([t("Field"), t("Count")], rows, numbers=1))


def _more(count: int) -> str:
    """Say how many transfers are not shown."""
    return f"<p class=note>{escape(t('and {n} other such changes', n=count))}</p>" if count else ""


def _headed(heading: Text, table: str) -> str:
    return f"<h3>{escape(heading)}</h3>{table}"


def _things(changes: ChangeReport) -> Iterator[str]:
    """Write the first things of each kind, of those that moved the farthest."""
    for kind, things in changes.things.items():
        count = changes.count(kind)
        shown = (
            t("the farthest {n}", n=len(things))
            if kind is ChangeKind.MOVED
            else t("the first {n}", n=len(things))
        )
        heading = t("{kind}: {count}", kind=KIND_NAMES[kind], count=count)
        beside = f" <span class=note>{escape(shown)}</span>" if len(things) < count else ""
        yield f"<h3>{escape(heading)}{beside}</h3>"
        yield _things_table(things)


def _things_table(things: Sequence[ChangedThing]) -> str:
    """Write things; a column that is empty throughout is left out."""
    columns: list[tuple[Text, str, Sequence[str | None]]] = [
        (t("Identifier"), "id", [thing.id for thing in things]),
        (t("Name"), "", [thing.name for thing in things]),
        (t("Class"), "id", [thing.class_code for thing in things]),
        (t("Distance"), "n", [metres_text(thing.metres) for thing in things]),
        (t("What changed"), "message", [told_of(thing) for thing in things]),
        (t("Longitude, latitude"), "place", [_place(thing) for thing in things]),
    ]
    kept = [column for column in columns if any(column[2])]
    head = "".join(f"<th>{escape(name)}" for name, _, _ in kept)
    rows = "".join(
        "<tr>" + "".join(f'<td class="{style}">{escape(cells[at])}' for _, style, cells in kept)
        for at in range(len(things))
    )
    return f"<table class=things><thead><tr>{head}</thead><tbody>{rows}</tbody></table>"


def _place(thing: ChangedThing) -> str:
    place = thing.place or thing.old_place
    return "" if place is None else f"{place[0]:.7f}, {place[1]:.7f}"


def _table(
    names: Iterable[object],
    rows: Iterable[Sequence[object]],
    *,
    numbers: int,
    sums: Sequence[object] | None = None,
) -> str:
    """Write a table whose last columns are numbers, with their sums below."""
    head = "".join(f"<th>{escape(name)}" for name in names)
    body = "".join(f"<tr>{_cells(row, len(row) - numbers)}" for row in rows)
    last = "" if sums is None else f"<tr class=sum>{_cells(sums, len(sums) - numbers)}"
    return f"<table><thead><tr>{head}</thead><tbody>{body}{last}</tbody></table>"


def _cells(row: Sequence[object], texts: int) -> str:
    """Write the cells of a row, the first as texts."""
    return "".join(f"<td class={'term' if at < texts else 'n'}>{escape(cell)}" for at, cell in enumerate(row))
