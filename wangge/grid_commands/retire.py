"""``wangge grids retire CODE --why W``: end a unit grid that nothing follows."""

from __future__ import annotations

import click

from gis.text import t
from responsibility.grid_edits import retire_grid
from wangge.grid_options import edit_options, order_of, show_edit
from wangge.session import Session, with_session


@click.command("retire", help=str(t("Retire a unit grid without a successor; its code is never used again.")))
@click.argument("code")
@edit_options
@with_session
def command(session: Session, code: str, why: str | None, day: str | None, dry_run: bool) -> None:
    """Retire."""
    order = order_of(why, day)
    with session.registry() as registry:
        show_edit(session, retire_grid(registry, code, order, dry_run=dry_run))
