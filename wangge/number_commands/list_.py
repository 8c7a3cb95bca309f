"""``wangge numbers list``: the blocks that were handed out."""

from __future__ import annotations

import click

from components.blocks import list_blocks
from gis.errors import NotFound
from gis.text import t
from wangge.block_lines import line_of
from wangge.session import Session, with_session


@click.command("list", help=str(t("The blocks of numbers that were handed out.")))
@click.option("--contractor", help=str(t("Only those of this contractor.")))
@with_session
def command(session: Session, contractor: str | None) -> None:
    """List blocks."""
    with session.registry() as registry:
        blocks = [block for block in list_blocks(registry) if contractor in (None, block.contractor)]
    if not blocks:
        raise NotFound(
            t("No numbers were handed out"),
            field="--contractor",
            value=contractor,
            hint=t("See wangge numbers reserve"),
        )
    session.show([block.to_dict() for block in blocks], lambda: "\n".join(map(line_of, blocks)))
