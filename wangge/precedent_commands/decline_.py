"""``wangge precedents decline``: record that a unit says something is not its duty."""

from __future__ import annotations

from typing import Any

import click

from gis.text import t
from responsibility.duty_answers import Said, record_answer
from responsibility.settled_records import DECLINES
from wangge.duty_options import day_option, document_option, subject_of, subject_options
from wangge.grid_options import today
from wangge.precedent_commands.list_ import answer_line
from wangge.session import Session, with_session


@click.command(
    "decline",
    help=str(t("Record that a unit says something is not its duty; it is shown, it decides nothing.")),
)
@subject_options
@click.option("--unit", required=True, help=str(t("The unit; code or name.")))
@click.option("--reason", required=True, help=str(t("Why it says so.")))
@document_option
@day_option
@with_session
def command(session: Session, **given: Any) -> None:
    """Record an answer."""
    said = {name: given.pop(name) for name in ("unit", "reason", "documents")}
    day = given.pop("day") or today()
    with session.registry() as registry:
        facts, edition = record_answer(registry, Said(subject_of(**given), answer=DECLINES, day=day, **said))
    session.show({**facts, "edition": edition.id}, lambda: answer_line(facts))
