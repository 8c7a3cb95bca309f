"""``wangge grids``: the life of unit grids, and proposals for new ones."""

from __future__ import annotations

from gis.text import t
from wangge.lazy_group import LazyGroup

NAMES = (
    "show",
    "history",
    "split",
    "merge",
    "move",
    "retire",
    "recode",
    "divide",
    "code",
    "lines",
    "shares",
)

command = LazyGroup(
    "wangge.grid_commands.{}",
    NAMES,
    name="grids",
    help=str(t("Unit grids: show, history, split, merge, move, retire, recode; proposals for a division.")),
)
