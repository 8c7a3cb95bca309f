"""``wangge grids recode OLD NEW``: give a division another code and issue its unit grids anew."""

from __future__ import annotations

import click

from gis.text import t
from responsibility.grid_edits import recode_division
from wangge.grid_options import edit_options, order_of, show_edit
from wangge.session import Session, with_session


@click.command(
    "recode",
    help=str(
        t(
            "Give a community, street or county another code; its unit grids are issued anew. "
            "A community may join another: NEW is then the code of that one."
        )
    ),
)
@click.argument("old")
@click.argument("new")
@click.option("--name", help=str(t("New name; the old one stays by default.")))
@edit_options
@with_session
def command(
    session: Session,
    old: str,
    new: str,
    name: str | None,
    why: str | None,
    day: str | None,
    dry_run: bool,
) -> None:
    """Recode."""
    order = order_of(why, day)
    with session.registry() as registry:
        show_edit(session, recode_division(registry, old, new, order, name=name, dry_run=dry_run))
