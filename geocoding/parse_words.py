"""Which level the names of an address are: by their last characters (路, 街道, 小区 …) and by order."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from geocoding.levels import Level
from geocoding.parse_dictionary import NameDictionary

Piece = tuple[Level, int, int]

LONGEST = 14
"""Characters of a name that is told by its suffix; longer ones are not looked for."""

_ZONE_WORDS = (
    "经济技术开发区|高新技术开发区|高新技术产业园区|高新技术产业园|经济开发区|技术开发区|工业园区|工业开发区|开发区|工业园|工业区|"
    "产业园区|产业园|科技工业园|新区|科技园区|科技园|创意园|创业园|物流园|软件园|高新区|度假区|保税区|风景区|景区|园区|工业城|"
    "小区|新村|花园|公寓|家园|花苑|[东南西北名雅嘉景锦佳家]苑|山庄|名都|华庭|组团|别墅|人家|[一二三四五六七八九十东南西北中]+区|[A-Z\\d]区|[一二三四五六七八九十\\d]期"
)
_POI_WORDS = (
    "大厦|广场|商城|市场|中心|大楼|商厦|有限公司|公司|医院|学院|大学|中学|小学|幼儿园|酒店|宾馆|超市|银行|校区|"
    "商场|百货|车站|大酒店|集团|宿舍|仓库|[东南西北][大]?门|写字楼|派出所|居委会|村委会|政府|公园"
)
_SUFFIXES: tuple[tuple[Level, str], ...] = (
    (Level.TOWNSHIP, "街道办事处|街道办|街道"),
    (Level.ZONE, _ZONE_WORDS),
    (Level.POI, _POI_WORDS),
    (Level.COMMUNITY, "社区居民委员会|社区居委会|社区|行政村|村民委员会|村"),
    (
        Level.STREET,
        "大道|大街|胡同|路(?!街道)|街(?!道)|巷|弄|公路|国道|环线|村民小?组|居民组|组(?=\\d|$)|[一二三四五六七八九十]道|[一二三四五六七八九十]里(?=\\d)|线(?=[\\d东西南北])",
    ),
    (Level.PROVINCE, "自治区|特别行政区|省"),
    (Level.PREFECTURE, "自治州|地区|市"),
    (Level.COUNTY, "自治县|区|县|旗"),
    (Level.TOWNSHIP, "镇|乡|苏木"),
)
_SUFFIX = re.compile("|".join(f"(?P<s{at}>{words})" for at, (_, words) in enumerate(_SUFFIXES)))
_STREET_TAIL = re.compile(
    r"(?:[东南西北中前后上下]|[一二三四五六七八九十]+)?(?:[一二三四五六七八九十\d]+[巷弄路街]|支路|支弄|支巷|辅路|[东南西北中上下]?段)(?![道])"
)
_NOT_BEHIND: Mapping[str, str] = MappingProxyType(
    {
        "市": "场|政|民|府|区|内|中|北|南|东|西|立|郊|委|一|二|三", "区": "块|委|间|域|政府",
        "县": "城|政府|委|医院|道|前", "镇": "政府|中心|中学|海区|江市|人民|医院|小学|卫生院",
        "乡": "政府|村|下|中|里|镇",
        "村": "[委口镇路街小头巷]|民(?!.{0,3}[组路])|[一二三四五六七八九东南西北\\d]+区|\\d期|商业|信用|菜市",
        "社区": "卫生|服务|医院", "路": "桥|镇|段|灯|店|边|通|公交|公司|小区|宿舍",
        "街": "镇|街道|办事处|道|心|区|坊|头", "巷": "镇|街道|小区", "弄": "堂|口街道", "街道": "办",
        "旗": "舰|下|杆|袍", "省": "道|委|府|立|级|直|人民", "中心": "小学|路|大道|街|村|小|医院|卫生",
        "广场": "路|街", "公园": "路|街|大道|里", "医院": "路|街", "大学": "路|城|生", "学院": "路|街",
        "车站": "路|街|大道|东|西|南|北", "市场": "路|街|东|西|南|北", "政府": "路|街", "银行": "路|街",
        "中学": "路|街", "工业园": "区|路", "新村": "路|街", "花园": "路|街|里", "工业区": "路",
        "开发区": "路|大道", "景区": "路", "科技园": "路|区", "产业园": "区|路", "山庄": "路",
        "商城": "大道|路", "酒店": "用品|管理", "超市": "路", "大厦": "路", "小学": "路|街", "公司": "路",
    }
)  # fmt: skip
_NOT_BEHIND_RE = {words: re.compile(behind) for words, behind in _NOT_BEHIND.items()}
DIVISIONS = (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP, Level.COMMUNITY)
_ADDRESS_GOES_ON = re.compile(r"[市县区镇乡村路街道巷弄旗]|社区")
_QUARTER = re.compile(r"[东南西北中]区")
_FORMER = re.compile(r"[市县](?![场政民府城医])|区(?![块委间域])|地区")
_OTHER_NAME = re.compile(
    r"[东南西北中]?[一二三四五六七八九十]?(?:路|街|大道|大街|巷|弄|支路)|人民(?:法院|检察院|政府|医院)|公安|[^路街道巷\d]{2,5}局(?!部)"
)
_NAME_RUNS_ON = re.compile(r"[^\d县市区镇][东南西北中]?(?:[路街弄巷](?!道)|大道)")
_TOWN_RUNS_ON = re.compile(r"[^\d县市区镇]{1,2}(?:镇|乡|街道)")
_ORGANISATION = re.compile(r"[^路街道巷\d]{2,14}(?:有限公司|大学|学院)")
_TRADE_CITY = re.compile(r"国际|商贸|小商品|经济|高新|工业")
_NAME_GOES_ON = re.compile(
    r"[东南西北中新老大]?[一二三四五六七八九十]?(?:镇|乡|村|社区|街道|桥|站|湾|机场|家园|初中|中学|小学|市场|服装|鞋都|开发区|卫生|校区|院区|购物|客运|大街|旅游|经济|工业|技术|高新|路|街|大道|巷|弄|大厦|广场|银行|大学|学院|医院|宾馆|大?酒店|商|公司|国际|新村|花园|小区|师范|人民|饭店|公寓|城)"
)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read before a name: the levels, and the texts of divisions among them."""

    levels: Sequence[Level]
    divisions: Collection[str]

    @property
    def reached(self) -> int:
        """Lowest division read, as its place in the order; -1 before any."""
        return max((DIVISIONS.index(level) for level in self.levels if level in DIVISIONS), default=-1)

    @property
    def located(self) -> bool:
        """Whether something smaller than a division was read: divisions do not come after it."""
        return any(level not in (*DIVISIONS, Level.RELATIVE, Level.SUPPLEMENT) for level in self.levels)


def name_at(text: str, at: int, end: int, read: Read, dictionaries: Sequence[NameDictionary]) -> Piece | None:
    """Return the part that begins at a position and ends with a suffix or is a known name.

    Parameters
    ----------
    text : str
        A normal text.
    at, end : int
        Between what it is looked for: no number, blank or bracket in between.
    read : Read
        What was read before.
    dictionaries : sequence of NameDictionary
        Names known beforehand, the most telling first.

    Returns
    -------
    tuple or None
        Level, start and end; None when what is left says no level.
    """
    return _known(text, at, end, read, dictionaries) or _suffixed(text, at, end, read)


def _known(text: str, at: int, end: int, read: Read, dictionaries: Sequence[NameDictionary]) -> Piece | None:
    for dictionary in dictionaries:
        for until, found in dictionary.full(text, at):
            level = _fitting(found, read) or _repeated(found, read)
            if level and until <= end and not _OTHER_NAME.match(text, until, end):
                return level, at, until
    # a county before a township of the same short name
    for dictionary in reversed(dictionaries):
        for until, found in dictionary.short(text, at):
            again = any(division.startswith(text[at:until]) for division in read.divisions)
            level = (_repeated(found, read) if again and found[0] in DIVISIONS[:3] else None) or _fitting(
                found, read
            )
            city = bool(dictionary.full(text[at:until] + "市", 0))
            if level and until <= end and _goes_on(text, until, end, level, read, city):
                return _with_suffix(text, at, until, end, level)
    return None


def _fitting(found: Sequence[Level], read: Read) -> Level | None:
    """Return the highest of some levels that comes after all divisions read so far."""
    reached = read.reached
    below = [level for level in found if level not in DIVISIONS or DIVISIONS.index(level) > reached]
    if read.located:
        below = [level for level in below if level not in DIVISIONS[:4]]
    return below[0] if below else None


def _repeated(found: Sequence[Level], read: Read) -> Level | None:
    """Return the level of a full name given again before anything but divisions was read."""
    return found[0] if all(level in DIVISIONS for level in read.levels) else None


def _with_suffix(text: str, at: int, until: int, end: int, level: Level) -> Piece:
    """Take in the suffix of a name that is no longer its name: counties become cities and districts."""
    former = _FORMER.match(text, until, end) if level in DIVISIONS[1:3] else None
    if not former:
        return level, at, until
    return (level if former.group() in ("市", "地区") else Level.COUNTY), at, former.end()


def _goes_on(text: str, until: int, end: int, level: Level, read: Read, city: bool) -> bool:
    """Tell whether a text goes on behind a short name as behind a division, not as the name of something."""
    if _NAME_GOES_ON.match(text, until, end) or _ORGANISATION.match(text, until, end):
        return city and level is Level.COUNTY and bool(_TRADE_CITY.match(text, until, end))
    if _NAME_RUNS_ON.match(text, until, end) or (not read.levels and _TOWN_RUNS_ON.match(text, until, end)):
        return False
    if level in DIVISIONS[:2] or city or (read.levels and until == end):
        return True
    rest = text[until : min(end, until + LONGEST)]
    return bool(_ADDRESS_GOES_ON.search(rest)) or bool(read.levels and read.levels[-1] in DIVISIONS)


def _suffixed(text: str, at: int, end: int, read: Read) -> Piece | None:
    for found in _SUFFIX.finditer(text, at + 1, min(end, at + LONGEST + 4)):
        level = _SUFFIXES[int((found.lastgroup or "s0")[1:])][0]
        if (
            level is Level.ZONE
            and _QUARTER.fullmatch(found.group())
            and (read.levels[-1] in DIVISIONS[:2] if read.levels else found.start() == at + 1)
        ):
            level = Level.COUNTY
        if not _refused(text, found) and _is_name(text, at, found, level, read):
            until = found.end()
            if level is Level.STREET and (tail := _STREET_TAIL.match(text, until, end)):
                until = tail.end()
            return level, at, until
    return None


def _refused(text: str, found: re.Match[str]) -> bool:
    """Tell whether what follows a suffix shows that it is none: 村 in 村口, 市 in 市场."""
    words = found.group()
    behind = _NOT_BEHIND_RE.get(words) or _NOT_BEHIND_RE.get(words[-1:])
    return bool(behind and behind.match(text, found.end()))


def _is_name(text: str, at: int, found: re.Match[str], level: Level, read: Read) -> bool:
    length = found.start() - at
    if level not in DIVISIONS:
        return True
    if text[at : found.end()] in read.divisions and not read.located:
        return True
    if DIVISIONS.index(level) <= read.reached or length > 8:
        return False
    if level in DIVISIONS[:3] and read.located:
        return False
    return length > 1 or len(found.group()) > 1 or found.group() in "县村镇乡"
