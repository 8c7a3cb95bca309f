"""``wangge precedents add``: record how a dispute was settled."""

from __future__ import annotations

from typing import Any

import click

from gis.text import t
from responsibility.precedents import Ruling, add_precedent
from wangge.duty_options import day_option, document_option, subject_of, subject_options
from wangge.grid_options import today
from wangge.precedent_commands.list_ import precedent_line
from wangge.session import Session, with_session


@click.command("add", help=str(t("Record how a dispute was settled; it decides the next like case.")))
@subject_options
@click.option("--unit", required=True, help=str(t("Unit that takes it; code or name.")))
@click.option("--evidence", required=True, help=str(t("What it was settled on.")))
@click.option("--against", multiple=True, help=str(t("Unit that is not to act; may be repeated.")))
@click.option("--name", help=str(t("A title.")))
@click.option("--note", help=str(t("A remark.")))
@document_option
@day_option
@with_session
def command(session: Session, **given: Any) -> None:
    """Add a precedent."""
    ruled = {name: given.pop(name) for name in ("unit", "evidence", "against", "name", "note", "documents")}
    day = given.pop("day") or today()
    with session.registry() as registry:
        facts, edition = add_precedent(registry, Ruling(subject_of(**given), settled_on=day, **ruled))
    session.show({**facts, "edition": edition.id}, lambda: precedent_line(facts))
