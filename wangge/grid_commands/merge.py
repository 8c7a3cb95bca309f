"""``wangge grids merge CODE CODE…``: make one unit grid of neighbours."""

from __future__ import annotations

import click

from gis.text import t
from responsibility.grid_edits import merge_grids
from wangge.grid_options import edit_options, order_of, show_edit
from wangge.session import Session, with_session


@click.command("merge", help=str(t("Make one unit grid of neighbours; it gets a new code.")))
@click.argument("codes", metavar="CODE CODE...", nargs=-1, required=True)
@edit_options
@with_session
def command(
    session: Session, codes: tuple[str, ...], why: str | None, day: str | None, dry_run: bool
) -> None:
    """Merge."""
    order = order_of(why, day)
    with session.registry() as registry:
        show_edit(session, merge_grids(registry, codes, order, dry_run=dry_run))
