"""``wangge ownership answer``: what a unit says of a component."""

from __future__ import annotations

import click

from gis.text import t
from responsibility.duty_answers import Said, record_answer
from responsibility.duty_subject import Subject
from responsibility.settled_records import CLAIMS, DECLINES
from wangge.duty_options import day_option, document_option
from wangge.grid_options import today
from wangge.precedent_commands.list_ import answer_line
from wangge.session import Session, with_session


@click.command("answer", help=str(t("Record what a unit says of a component: that it is its own, or not.")))
@click.argument("component")
@click.option("--unit", required=True, help=str(t("The unit; code or name.")))
@click.option("--ours/--not-ours", required=True, default=None, help=str(t("What it says.")))
@click.option("--reason", required=True, help=str(t("Why it says so.")))
@document_option
@day_option
@with_session
def command(
    session: Session,
    component: str,
    unit: str,
    reason: str,
    documents: tuple[str, ...],
    day: str | None,
    *,
    ours: bool,
) -> None:
    """Record an answer."""
    said = Said(
        Subject(component_id=component), unit, CLAIMS if ours else DECLINES, reason, day or today(), documents
    )
    with session.registry() as registry:
        facts, edition = record_answer(registry, said)
    session.show({**facts, "edition": edition.id}, lambda: answer_line(facts))
