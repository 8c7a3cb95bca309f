"""Words that say a place by another (方位): directions, distances, beside, opposite, crossings.

The normal forms are the direction words of the standard; two characters come before one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CROSSING = "交叉口"
NEAR = "附近"

_COMPASS = "东南|东北|西南|西北|东|南|西|北"
_DISTANCE = (
    r"(?P<about>大约|大概|约)?(?P<number>\d+(?:\.\d+)?)(?P<unit>公里|千米|KM|米|M)(?:左右|处|远|开外)*"
)
_SIDE = "侧|面|边|角|方向|方|头|端"
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "斜对面": "相向", "正对面": "相向", "对面": "相向", "对过": "相向", "对门": "相向", "相向": "相向",
        "旁边": "旁", "边上": "旁", "侧旁": "旁", "侧边": "旁", "旁": "旁", "路边": "旁",
        "隔壁": "相邻", "紧邻": "相邻", "相邻": "相邻",
        "附近": NEAR, "周边": NEAR, "一带": NEAR,
        "正门口": "前", "大门口": "前", "门口": "前", "门前": "前",
        "前面": "前", "前方": "前", "正前方": "前",
        "后面": "后", "后方": "后", "背后": "后", "后头": "后",
        "左侧": "左", "左边": "左", "左面": "左", "右侧": "右", "右边": "右", "右面": "右",
        "楼上": "上", "上方": "上", "上面": "上", "楼下": "下", "下方": "下", "下面": "下", "桥下": "下",
        "里面": "内", "院内": "内", "内部": "内", "院里": "内", "小区内": "内",
        "外面": "外", "门外": "外", "墙外": "外",
        "十字路口": CROSSING, "丁字路口": CROSSING, "三岔路口": CROSSING, "交叉路口": CROSSING,
        "相交处": CROSSING, "交叉口": CROSSING, "交叉处": CROSSING, "交汇处": CROSSING, "交会处": CROSSING,
        "交汇口": CROSSING, "交界处": CROSSING, "交接处": CROSSING, "交界口": CROSSING, "交口": CROSSING,
        "转角处": CROSSING, "拐角处": CROSSING, "交叉": CROSSING, "交汇": CROSSING,
    }
)  # fmt: skip
# Only where a part ends right before them: in names they are too common
_SHORT: Mapping[str, str] = MappingProxyType(
    {"路口": CROSSING, "内": "内", "外": "外", "前": "前", "后": "后", "口": CROSSING}
)
_TOWARDS = (
    rf"(?:再?(?:往|向|朝|以|之)?(?P<compass>{_COMPASS})(?:{_SIDE})?(?:走|行|还|的)?(?:{_DISTANCE}))"
    rf"|(?:(?:往|向|朝|以)(?P<bound>{_COMPASS})(?:{_SIDE}|走|行)?)|(?:(?P<side>{_COMPASS})(?:侧|面|边|角|方向|端)(?!街|路))"
)
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_PATTERN = re.compile(
    rf"{_TOWARDS}|(?P<word>{_WORD})(?![镇村乡街弄社]|路(?![灯边面上]))(?:约?(?P<after>\d+)米(?:左右|处)*)?|(?:约(?P<away>\d+)米(?:处|左右)*)"
)
_CROSSING = re.compile(r"(?P<word>路口|口(?![腔岸镇村乡]))")
_BEYOND = 16
_ENDING = re.compile(rf"(?P<word>[内外前后口])|(?P<side>{_COMPASS})")


@dataclass(frozen=True, slots=True)
class RelativeWords:
    """Where in a normal text a position is said, in which normal form, how many metres away."""

    start: int
    end: int
    direction: str
    metres: float | None


def relative_words(text: str, start: int, end: int) -> RelativeWords | None:
    """Return the first words between two positions that say a relative position; they may run on beyond."""
    found = _PATTERN.search(text, start, end + _BEYOND)
    return _read(found) if found and found.start() < end else None


def relative_at(text: str, at: int) -> RelativeWords | None:
    """Return the words that say a relative position and begin right here, behind a part."""
    found = _CROSSING.match(text, at) or _PATTERN.match(text, at)
    return _read(found) if found else None


def relative_ending(text: str, start: int, end: int) -> RelativeWords | None:
    """Return the relative position when all that is left between two positions is one short word of it."""
    found = _ENDING.fullmatch(text, start, end)
    return _read(found) if found else None


def _read(found: re.Match[str]) -> RelativeWords:
    groups = found.groupdict()
    compass = groups.get("compass") or groups.get("bound") or groups.get("side")
    word = groups.get("word")
    direction = compass or (_WORDS.get(word) or _SHORT[word] if word else NEAR)
    number = groups.get("number") or groups.get("after") or groups.get("away")
    metres = float(number) * (1000 if groups.get("unit") in ("公里", "千米", "KM") else 1) if number else None
    return RelativeWords(found.start(), found.end(), direction, metres)
