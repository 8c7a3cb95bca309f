"""``wangge numbers reserve``: hand the next free numbers of a county and class out."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import click

from components.blocks import reserve_numbers
from gis.text import t
from wangge.block_lines import line_of
from wangge.session import Session, with_session

_CHINA = timezone(timedelta(hours=8))


@click.command("reserve", help=str(t("Hand the next free numbers out; nobody else is given one of them.")))
@click.option("--county", required=True, help=str(t("County, six digits.")))
@click.option("--class", "class_code", required=True, help=str(t("Class code, four or five digits.")))
@click.option("--count", required=True, type=int, help=str(t("How many numbers.")))
@click.option("--contractor", required=True, help=str(t("Who gets them.")))
@click.option("--note", help=str(t("Remark, kept with the block.")))
@with_session
def command(
    session: Session, county: str, class_code: str, count: int, contractor: str, note: str | None
) -> None:
    """Reserve numbers."""
    today = datetime.now(_CHINA).date()
    with session.registry() as registry:
        block, edition = reserve_numbers(
            registry, county, class_code, count, contractor, day=today, note=note
        )
    session.show({**block.to_dict(), "edition": edition.id}, lambda: line_of(block))
