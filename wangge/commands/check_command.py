"""``wangge check KIND PATH…``: the same as ``wangge import --dry-run``, and proposes repairs.

``wangge check rules --sweep`` checks what the registry holds instead.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from gis.errors import UsageError
from gis.text import t
from wangge.commands.import_command import run
from wangge.delivery_options import import_options
from wangge.session import Session, with_session
from wangge.sweeping import run_sweep


@click.command("check", help=str(t("Check files without importing them.")))
@partial(import_options, paths_required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE.gpkg",
    help=str(t("Write proposed repairs of divisions, grids or governance-grids to a file.")),
)
@click.option(
    "--sweep",
    is_flag=True,
    help=str(t("With rules: ask about a point of every unit grid for every class of the registry.")),
)
@with_session
def command(session: Session, sweep: bool, **given: Any) -> int:
    """Check a delivery, or what the registry holds."""
    if sweep:
        return run_sweep(session, given["kind"], given["paths"], given["report"])
    if not given["paths"]:
        raise UsageError(t("No file is named to be checked"), field="PATH", expected="PATH...")
    return run(session, dry_run=True, **given)
