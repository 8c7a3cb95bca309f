"""Bring the parts of an address that stand in another order into the usual one: ``12号尚文大道 巴南区``."""

from __future__ import annotations

import re

from geocoding.levels import Level
from geocoding.parse import parse

_PLATE_FIRST = re.compile(
    r"(?:^|\s)\d{1,5}(?:-\d{1,5})?[A-Za-z]?[号號](?![楼樓院铺舖鋪店库庫线線])\s*[^\d\s]"
)
_KEPT = frozenset(
    {
        *(Level.PROVINCE, Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP, Level.COMMUNITY, Level.STREET),
        *(Level.ZONE, Level.PLATE, Level.BUILDING),
    }
)


def in_order(text: str) -> str | None:
    """Return the parts of a text in the order of their levels; None where a plate does not come first.

    Examples
    --------
    >>> in_order("12号尚文大道 巴南区"), in_order("巴南区尚文大道12号")
    ('巴南区尚文大道12号', None)
    """
    if _PLATE_FIRST.search(text.strip()) is None:
        return None
    parts = parse(text).parts
    levels = [part.level for part in parts]
    if Level.PLATE not in levels or Level.STREET not in levels or not _KEPT.issuperset(levels):
        return None
    order = sorted(parts, key=lambda part: (part.level.number or 0, part.start))
    return None if order == list(parts) else "".join(part.normal for part in order)
