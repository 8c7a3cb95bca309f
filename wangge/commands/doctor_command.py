"""``wangge doctor``: what this machine and database can and cannot do."""

from __future__ import annotations

import click

from gis.text import Text, t
from wangge.doctor import Check, examine
from wangge.session import Session, with_session


@click.command("doctor", help=str(t("What this machine and database can and cannot do, with the remedy.")))
@with_session
def command(session: Session) -> None:
    """Examine the machine and the registry."""
    checks = examine(session.registry_url)
    session.show(
        [
            {"name": str(c.name), "ok": c.ok, "found": str(c.found), "remedy": _or_none(c.remedy)}
            for c in checks
        ],
        lambda: "\n".join(_line(check) for check in checks),
    )


def _line(check: Check) -> str:
    remedy = "" if check.ok or check.remedy is None else f"\n      → {check.remedy}"
    return f"{'✓' if check.ok else '✗'} {check.name}: {check.found}{remedy}"


def _or_none(text: Text | None) -> str | None:
    return None if text is None else str(text)
