"""``wangge components``: what is done to components as a whole."""

from __future__ import annotations

from gis.text import t
from wangge.lazy_group import LazyGroup

NAMES = ("convert",)

command = LazyGroup(
    "wangge.component_commands.{}",
    NAMES,
    name="components",
    help=str(t("Components: convert them to another edition of the classes.")),
)
