"""``wangge ownership``: settle whose ownerless and disputed components are."""

from __future__ import annotations

from gis.text import t
from wangge.lazy_group import DefaultGroup

NAMES = ("pool", "ask", "answer", "settle", "report")

command = DefaultGroup(
    "wangge.ownership_commands.{}_",
    NAMES,
    default="pool",
    name="ownership",
    help=str(t("Ownerless and disputed components: pool, ask, answer, settle, report.")),
)
