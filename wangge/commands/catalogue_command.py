"""``wangge catalogue``: component and matter classes, and what they are in other editions."""

from __future__ import annotations

from gis.text import t
from wangge.lazy_group import DefaultGroup

NAMES = ("list", "show", "convert")

command = DefaultGroup(
    "wangge.catalogue_commands.{}",
    NAMES,
    default="list",
    name="catalogue",
    help=str(t("Component and matter classes: list, show CODE, convert CODE to another edition.")),
)
