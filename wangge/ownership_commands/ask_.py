"""``wangge ownership ask``: whom to ask about a component, and that somebody was asked."""

from __future__ import annotations

from typing import Any

import click

from gis.text import t
from responsibility.duty_answers import ask_units
from responsibility.ownership import candidates
from responsibility.resolver import Resolver
from wangge.duty_options import ANSWERS, day_option
from wangge.grid_options import today
from wangge.precedent_commands.list_ import answer_line
from wangge.session import Session, with_session


@click.command("ask", help=str(t("Whom to ask about a component; with --unit, note that a unit was asked.")))
@click.argument("component")
@click.option("--unit", "units", multiple=True, help=str(t("Unit that was asked; may be repeated.")))
@day_option
@with_session
def command(session: Session, component: str, units: tuple[str, ...], day: str | None) -> None:
    """List candidates, or note who was asked."""
    with session.registry() as registry:
        if units:
            asked, edition = ask_units(registry, component, units, day or today())
            session.show({"asked": asked, "edition": edition.id}, lambda: "\n".join(map(answer_line, asked)))
            return
        found = candidates(Resolver(registry), component)
    session.show(
        found, lambda: "\n".join(map(_line, found)) or str(t("No evidence names anybody to be asked"))
    )


def _line(one: dict[str, Any]) -> str:
    answer = f"（{ANSWERS[one['answer']]}）" if one["answer"] else ""
    return f"{one['code']}  {one['name'] or '-'}{answer}  {one['why']}"
