"""``wangge precedents list``: what was settled, and what units said is not their duty."""

from __future__ import annotations

from typing import Any

import click

from gis.errors import NotFound
from gis.text import t
from responsibility.duty_answers import list_answers
from responsibility.precedents import list_precedents
from wangge.duty_options import ANSWERS, about, dashed
from wangge.session import Session, with_session


@click.command("list", help=str(t("The precedents that hold.")))
@click.option("--component", metavar="ID", help=str(t("Only those of this component.")))
@click.option("--unit", help=str(t("Only those for this unit; code or name.")))
@click.option("--answers", is_flag=True, help=str(t("What units were asked and said instead.")))
@with_session
def command(session: Session, component: str | None, unit: str | None, *, answers: bool) -> None:
    """List precedents or answers."""
    with session.registry() as registry:
        found = (
            list_answers(registry, component=component)
            if answers
            else list_precedents(registry, component=component, unit=unit)
        )
    if not found:
        raise NotFound(t("Nothing was recorded"), field="precedents", value=component or unit)
    line = answer_line if answers else precedent_line
    session.show(found, lambda: "\n".join(map(line, found)))


def precedent_line(facts: dict[str, Any]) -> str:
    """Tell a precedent in a line."""
    return str(
        t(
            "{code}  {about}: {unit}, settled on {date} ({evidence})",
            code=facts["code"],
            about=about(facts),
            unit=facts["unit_name"] or facts["unit_code"],
            date=dashed(facts["settled_date"]),
            evidence=facts["evidence"],
        )
    )


def answer_line(facts: dict[str, Any]) -> str:
    """Tell what a unit was asked or said in a line."""
    return str(
        t(
            "{code}  {about}: {unit} {answer}, {date}: {reason}",
            code=facts["code"],
            about=about(facts),
            unit=facts["unit_name"] or facts["unit_code"],
            answer=ANSWERS[facts["answer"]],
            date=dashed(facts["answer_date"] or facts["asked_date"]),
            reason=facts["reason"] or "-",
        )
    )
