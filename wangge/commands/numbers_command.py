"""``wangge numbers``: blocks of numbers for contractors who survey without a connection."""

from __future__ import annotations

from gis.text import t
from wangge.lazy_group import DefaultGroup

NAMES = ("list", "reserve", "return")

command = DefaultGroup(
    "wangge.number_commands.{}_",
    NAMES,
    default="list",
    name="numbers",
    help=str(t("Blocks of component numbers handed out to contractors: list, reserve, return.")),
)
