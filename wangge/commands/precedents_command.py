"""``wangge precedents``: settled disputes, and what units say is not their duty."""

from __future__ import annotations

from gis.text import t
from wangge.lazy_group import DefaultGroup

NAMES = ("list", "add", "withdraw", "decline")

command = DefaultGroup(
    "wangge.precedent_commands.{}_",
    NAMES,
    default="list",
    name="precedents",
    help=str(t("Settled disputes that decide like cases: list, add, withdraw, decline.")),
)
