"""``wangge numbers return``: note that a contractor gave a block back."""

from __future__ import annotations

import click

from components.blocks import return_numbers
from gis.text import t
from wangge.block_lines import line_of
from wangge.session import Session, with_session


@click.command(
    "return", help=str(t("Note that a block was given back; its numbers are not given out again."))
)
@click.option("--county", required=True, help=str(t("County, six digits.")))
@click.option("--class", "class_code", required=True, help=str(t("Class code, four or five digits.")))
@click.option("--first", required=True, type=int, help=str(t("First number of the block.")))
@with_session
def command(session: Session, county: str, class_code: str, first: int) -> None:
    """Take a block back."""
    with session.registry() as registry:
        block, edition = return_numbers(registry, county, class_code, first)
    session.show({**block.to_dict(), "edition": edition.id}, lambda: line_of(block))
