"""``wangge precedents withdraw``: take a precedent back."""

from __future__ import annotations

import click

from gis.text import t
from responsibility.precedents import withdraw_precedent
from wangge.session import Session, with_session


@click.command("withdraw", help=str(t("Take a precedent back; it stays in the history.")))
@click.argument("code")
@click.option("--why", required=True, help=str(t("Reason, kept for the record.")))
@with_session
def command(session: Session, code: str, why: str) -> None:
    """Withdraw a precedent."""
    with session.registry() as registry:
        edition = withdraw_precedent(registry, code, why)
    session.show(
        {"code": code, "withdrawn": True, "edition": edition.id},
        lambda: str(t("{code} was withdrawn (edition {edition})", code=code, edition=edition.id)),
    )
