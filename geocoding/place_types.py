"""The six types of basic places (基本地点), and how deliveries call them.

The types are those of work based on the draft of the 2026 series (unverified), which calls them extensible.
Whatever else stands in a column of types is the type of a point of interest (所属类型).
"""

from __future__ import annotations

import re
import unicodedata

REGION, ZONE, BLOCK, STREET, PLATE, POI = "区域", "地片", "区片", "街巷", "门（楼）牌", "兴趣点"
PLACE_TYPES = (REGION, ZONE, BLOCK, STREET, PLATE, POI)

_WORDS = {
    REGION: "区域 行政区域 行政区划 行政区 区划 政区 region",
    ZONE: "地片 片区 zone",
    BLOCK: "区片 小区 居住小区 住宅小区 居民小区 居民点 自然村 block",
    STREET: "街巷 街路巷 道路 街 巷 路 street",
    PLATE: "门(楼)牌 门牌 楼牌 门楼牌 门址 门楼址 plate address",
    POI: "兴趣点 poi 标志物 标识物 地标 landmark",
}
_TYPES = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_BLANKS = re.compile(r"\s+")


def place_type(word: str) -> str | None:
    """Return the type that a word stands for, ``None`` for the type of a point of interest.

    Examples
    --------
    >>> place_type("门牌"), place_type("小学")
    ('门（楼）牌', None)
    """
    return _TYPES.get(_BLANKS.sub("", unicodedata.normalize("NFKC", word)).lower())
