"""``wangge editions``: the history of imports and edits."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

import click

from gis.edition_diff import Difference, diff_editions
from gis.editions import Edition, get_edition, list_editions, revert
from gis.errors import UsageError
from gis.text import t
from wangge.session import Session, with_session

CHANGES = {"added": t("added"), "changed": t("changed"), "retired": t("retired")}
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
            changes = diff_editions(registry, *numbers)
            session.show([asdict(change) for change in changes], lambda: _changes(changes))
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


def _changes(changes: list[Difference]) -> str:
    """Return counts of the changes, then each with its key and the columns that differ."""
    counts = Counter((change.dataset, change.change) for change in changes)
    lines = [f"{dataset} {CHANGES[change]}: {count}" for (dataset, change), count in sorted(counts.items())]
    for change in changes:
        columns = f" ({', '.join(change.columns)})" if change.columns else ""
        lines.append(f"  {change.dataset} {' '.join(map(str, change.key))} {CHANGES[change.change]}{columns}")
    return "\n".join(lines) or str(t("No difference."))
