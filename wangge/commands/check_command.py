"""``wangge check KIND PATH…``: the same as ``wangge import --dry-run``."""

from __future__ import annotations

from typing import Any

import click

from gis.text import t
from wangge.commands.import_command import run
from wangge.delivery_options import import_options
from wangge.session import Session, with_session


@click.command("check", help=str(t("Check files without importing them.")))
@import_options
@with_session
def command(session: Session, **given: Any) -> int:
    """Check a delivery."""
    return run(session, dry_run=True, **given)
