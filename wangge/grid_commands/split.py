"""``wangge grids split CODE --by FILE``: split a unit grid along lines."""

from __future__ import annotations

from pathlib import Path

import click

from gis.crs import System
from gis.text import t
from responsibility.grid_edits import split_grid
from wangge.grid_options import edit_options, line_options, order_of, read_lines, show_edit
from wangge.session import Session, with_session


@click.command("split", help=str(t("Split a unit grid along lines; its parts get new codes.")))
@click.argument("code")
@line_options
@edit_options
@with_session
def command(
    session: Session, code: str, by: Path, crs: System | None, why: str | None, day: str | None, dry_run: bool
) -> None:
    """Split."""
    order, lines = order_of(why, day), read_lines(by, crs)
    with session.registry() as registry:
        show_edit(session, split_grid(registry, code, lines, order, dry_run=dry_run))
