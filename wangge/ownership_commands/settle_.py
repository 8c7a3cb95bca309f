"""``wangge ownership settle``: write the result into the facility list."""

from __future__ import annotations

from typing import Any

import click

from gis.text import t
from responsibility.ownership import Settlement, settle
from wangge.duty_options import day_option, document_option
from wangge.grid_options import today
from wangge.session import Session, with_session


@click.command("settle", help=str(t("Write whose a component is into the facility list, with the evidence.")))
@click.argument("component")
@click.option("--owner", help=str(t("Owner; code or name.")))
@click.option("--maintainer", help=str(t("Maintainer; code or name.")))
@click.option("--authority", help=str(t("Authority in charge; code or name.")))
@click.option("--evidence", required=True, help=str(t("What it was settled on.")))
@click.option("--site-record", help=str(t("Record made on site: link, file name or text.")))
@click.option("--minutes", help=str(t("Minutes of the meeting: link, file name or text.")))
@click.option("--note", help=str(t("A remark.")))
@document_option
@day_option
@with_session
def command(session: Session, component: str, day: str | None, **given: Any) -> None:
    """Settle a component's ownership."""
    with session.registry() as registry:
        facts, edition = settle(registry, Settlement(component, settled_on=day or today(), **given))
    session.show({**facts, "edition": edition.id}, lambda: _line(facts))


def _line(facts: dict[str, Any]) -> str:
    return str(
        t(
            "{id}: owner {owner}, maintainer {maintainer} ({evidence})",
            id=facts["component_id"],
            owner=facts["owner_name"] or "-",
            maintainer=facts["maintainer_name"] or "-",
            evidence=facts["evidence"],
        )
    )
