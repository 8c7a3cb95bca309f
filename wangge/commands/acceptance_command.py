"""``wangge acceptance``: accept a census of components by map sheets."""

from __future__ import annotations

from gis.text import t
from wangge.lazy_group import LazyGroup

NAMES = ("sheets", "sample", "report")

command = LazyGroup(
    "wangge.acceptance_commands.{}",
    NAMES,
    name="acceptance",
    help=str(t("Accept a census of components by map sheets: sheets, sample, report.")),
)
