"""Blocks of numbers in lines for people."""

from __future__ import annotations

from components.blocks import OPEN, RETURNED, NumberBlock
from gis.text import Text, t

STATES: dict[str, Text] = {OPEN: t("handed out"), RETURNED: t("given back")}


def line_of(block: NumberBlock) -> str:
    """Return a block in a line."""
    document = block.to_dict()
    state = STATES[block.state]
    day = f" {block.handed_out_date}" if block.handed_out_date else ""
    return f"{document['first_id']}–{document['last_id']}  {block.contractor}  {state!s}{day}"
