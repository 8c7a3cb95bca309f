"""``wangge check KIND PATH…``: the same as ``wangge import --dry-run``, and proposes repairs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gis.text import t
from wangge.commands.import_command import run
from wangge.delivery_options import import_options
from wangge.session import Session, with_session


@click.command("check", help=str(t("Check files without importing them.")))
@import_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE.gpkg",
    help=str(t("Write proposed repairs of divisions, grids or governance-grids to a file.")),
)
@with_session
def command(session: Session, **given: Any) -> int:
    """Check a delivery."""
    return run(session, dry_run=True, **given)
