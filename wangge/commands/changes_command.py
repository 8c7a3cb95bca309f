"""``wangge changes``: review what the field proposes, so that the next census is a difference."""

from __future__ import annotations

from typing import Any

import click

from gis.errors import UsageError
from gis.text import t
from responsibility.cases.proposals import PARAMETERS, Proposal, Status, propose, read_proposals, reject
from responsibility.cases.review import accept
from wangge.commands.editions_command import line as edition_line
from wangge.session import Session, with_session

ACTIONS = ("list", "add", "accept", "reject")


def _parameters(command: Any) -> Any:
    for name in reversed(PARAMETERS):
        command = click.option(f"--{name}", help=_HELP.get(name))(command)
    return command


_HELP = {
    "change": "moved | missing | new | gone",
    "component": str(t("Identifier of the component.")),
    "class": str(t("Class code of a new component.")),
    "note": str(t("What was seen, in words.")),
    "evidence": str(t("What shows it: a document, a photo, a link.")),
    "source": str(t("The case or answer it was seen with.")),
}


@click.command(
    "changes",
    help=str(
        t("Changes of components seen in the field: list, add, accept N… into an edition, reject N… --why.")
    ),
)
@click.argument("action", type=click.Choice(ACTIONS), default="list")
@click.argument("numbers", type=int, nargs=-1)
@click.option(
    "--status",
    type=click.Choice([*map(str, Status), "all"]),
    default=str(Status.OPEN),
    help=str(t("Which are listed.")),
)
@click.option("--why", help=str(t("Why they are rejected.")))
@_parameters
@with_session
def command(
    session: Session, action: str, numbers: tuple[int, ...], status: str, why: str | None, **given: Any
) -> None:
    """Review proposed changes."""
    if numbers and action in ("list", "add"):
        raise UsageError(t("{action} takes no numbers", action=action), field="N", value=numbers[0])
    with session.registry() as registry:
        if action == "list":
            found = list(read_proposals(registry, None if status == "all" else Status(status)))
            _show(session, found, str(t("No proposals.")))
        elif action == "add":
            _show(session, [propose(registry, given)], "")
        elif action == "reject":
            _show(session, reject(registry, numbers, why or ""), "")
        else:
            edition = accept(registry, numbers)
            session.show(edition.to_dict(), lambda: edition_line(edition))


def _show(session: Session, proposals: list[Proposal], none: str) -> None:
    session.show(
        [proposal.to_dict() for proposal in proposals],
        lambda: "\n".join(map(_line, proposals)) or none,
    )


def _line(proposal: Proposal) -> str:
    place = "" if proposal.lon is None else f"{proposal.lon:.7f}, {proposal.lat:.7f}"
    parts = (
        f"{proposal.id:>4}",
        f"{proposal.proposed_at.astimezone():%Y-%m-%d %H:%M}",
        str(proposal.change),
        proposal.component_id or proposal.class_code or "",
        place,
        proposal.note or "",
    )
    return "  ".join(part for part in parts if part)
