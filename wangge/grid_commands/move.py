"""``wangge grids move CODE CODE… --by FILE``: draw the borders between unit grids anew."""

from __future__ import annotations

from pathlib import Path

import click

from gis.crs import System
from gis.text import t
from responsibility.grid_edits import move_borders
from wangge.grid_options import edit_options, line_options, order_of, read_lines, show_edit
from wangge.session import Session, with_session


@click.command(
    "move", help=str(t("Draw the borders between neighbouring unit grids anew; they get new codes."))
)
@click.argument("codes", metavar="CODE CODE...", nargs=-1, required=True)
@line_options
@edit_options
@with_session
def command(
    session: Session,
    codes: tuple[str, ...],
    by: Path,
    crs: System | None,
    why: str | None,
    day: str | None,
    dry_run: bool,
) -> None:
    """Move borders."""
    order, lines = order_of(why, day), read_lines(by, crs)
    with session.registry() as registry:
        show_edit(session, move_borders(registry, codes, lines, order, dry_run=dry_run))
