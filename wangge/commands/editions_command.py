"""``wangge editions``: the history of imports and edits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click
import orjson

from gis.change_kinds import KIND_NAMES
from gis.change_report import ChangeReport
from gis.change_things import ChangedThing
from gis.change_words import change_lines, class_lines, metres_text, told_of
from gis.edition_diff import differences
from gis.editions import Edition, get_edition, list_editions, revert
from gis.errors import UsageError
from gis.registry import Registry
from gis.text import t
from wangge.changes import changes_between
from wangge.session import Session, with_session

SHOWN = 3
"""Things of each kind of change that a terminal shows."""

ACTIONS = {"list": 0, "show": 1, "diff": 2, "revert": 1}


@click.command("editions", help=str(t("History of imports and edits: list, show N, diff A B, revert N.")))
@click.argument("action", type=click.Choice(list(ACTIONS)), default="list")
@click.argument("numbers", type=int, nargs=-1)
@with_session
def command(session: Session, action: str, numbers: tuple[int, ...]) -> None:
    """Show or revert editions."""
    if len(numbers) != ACTIONS[action]:
        raise UsageError(
            t("editions {action} takes {count} edition numbers", action=action, count=ACTIONS[action]),
            field="N",
            value=" ".join(map(str, numbers)),
            expected=f"editions {action}" + " N" * ACTIONS[action],
        )
    with session.registry() as registry:
        if action == "list":
            editions = list_editions(registry)
            session.show([_document(e) for e in editions], lambda: "\n".join(map(line, editions)))
        elif action == "diff":
            _show_differences(session, registry, *numbers)
        else:
            edition = (get_edition if action == "show" else revert)(registry, numbers[0])
            session.show(_document(edition), lambda: line(edition))


def line(edition: Edition) -> str:
    """Return an edition in a line for people."""
    return str(
        t(
            "{id:>4}  {when}  {dataset} {operation}: +{added} ~{changed} -{retired} ={unchanged}  {source}",
            id=edition.id,
            when=edition.committed_at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            dataset=", ".join(edition.datasets),
            operation=edition.operation,
            added=edition.added,
            changed=edition.changed,
            retired=edition.retired,
            unchanged=edition.unchanged,
            source=edition.source or "",
        )
    )


def _document(edition: Edition) -> dict[str, Any]:
    return asdict(edition) | {"committed_at": edition.committed_at.isoformat()}


def _show_differences(session: Session, registry: Registry, a: int, b: int) -> None:
    """Print the change report of each dataset; as JSON every thing that differs, one after another."""
    with registry.connect() as connection:
        if not session.as_json:
            reports = [_report(report) for report in changes_between(connection, a, b)]
            click.echo("\n\n".join(reports) or str(t("No difference.")))
            return
        pieces = (orjson.dumps(asdict(one), default=str).decode() for one in differences(connection, a, b))
        first = next(pieces, "")
        click.echo(f"[{first}", nl=False)
        for piece in pieces:
            click.echo(f",{piece}", nl=False)
        click.echo("]")


def _report(report: ChangeReport) -> str:
    """Return the change report of a dataset: counts, classes, and the first things of each kind."""
    heading = t("{dataset}, edition {a} → {b}", dataset=report.dataset, a=report.since, b=report.edition)
    return "\n".join([str(heading), *change_lines(report), *class_lines(report), *_first(report)])


def _first(report: ChangeReport) -> Iterator[str]:
    for kind, things in report.things.items():
        yield f"  {KIND_NAMES[kind]}"
        yield from (f"    {_told(thing)}" for thing in things[:SHOWN])
        if report.count(kind) > SHOWN:
            yield f"    {t('and {n} more', n=report.count(kind) - SHOWN)}"


def _told(thing: ChangedThing) -> str:
    parts = (thing.id, thing.name, metres_text(thing.metres), told_of(thing))
    return "  ".join(part for part in parts if part)
