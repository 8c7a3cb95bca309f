"""Traditional to simplified characters (繁体转简体), one by one, by a table.

``geocoding/data/traditional.csv`` holds the first simplified form that OpenCC 1.4.2 (Apache-2.0) gives of
each character; forms that are themselves traditional were followed to the end. Names are compared in
this spelling on both sides, so a character with two simplified forms needs no context.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def simplified() -> Mapping[str, str]:
    """Return the simplified character of every traditional one that differs."""
    with (files("geocoding") / "data" / "traditional.csv").open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        return MappingProxyType({row["traditional"]: row["simplified"] for row in rows})
