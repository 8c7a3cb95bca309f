"""``wangge components``: what is known of components, and what is done to them as a whole."""

from __future__ import annotations

from gis.text import t
from wangge.lazy_group import LazyGroup

NAMES = ("show", "convert")

command = LazyGroup(
    "wangge.component_commands.{}",
    NAMES,
    name="components",
    help=str(t("Components: what is known of one; convert them to another edition of the classes.")),
)
