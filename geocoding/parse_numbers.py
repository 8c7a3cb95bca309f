"""Which level a number of an address is: by the word behind it, and by what stands before it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from geocoding.levels import Level

Piece = tuple[Level, int, int]

_NO = r"[A-Z]{0,2}\d+[A-Z]?"
_STALL = "房间?|商?铺位?|店面?|商位|档口?|办公室|柜台|摊位?|门市|市(?!场)"
_SUFFIXED: tuple[tuple[Level, re.Pattern[str]], ...] = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        (Level.STREET, r"[GSXY]?\d+(?:国道|省道|县道|乡道)"),
        (Level.STREET, r"[东西南北中经纬]?\d+号?(?:大街|大道|支?路|支?街|巷)(?!道)(?:[东西南北中]段)?"),
        (Level.ZONE, r"[A-Z]?\d+(?:号?地块|小?区|期|村)"),
        (Level.POI, r"[A-Z]?\d+号门(?![面市诊口牌店])"),
        (Level.STREET, r"\d+(?:村民小?|居民小?|大)?[组队社](?![织])"),
        (Level.SUB_PLATE, r"[-之]?附\d+号?"),
        (Level.UNIT, rf"第?(?:{_NO}|[A-Z]|[东西南北中])(?:单元|梯)"),
        (Level.BUILDING, rf"第?(?:{_NO}(?:-{_NO})*|[A-Z]{{1,2}})(?:号楼|号厂房|号库|[幢栋座]|#楼?|号?排)"),
        (Level.BUILDING, r"[A-Z]楼"),
        (Level.FLOOR, r"第?(?:负|B|-)?\d+(?:-\d+)?(?:层|楼|F(?![A-Z\d]))|[负]\d"),
        (Level.ROOM, rf"{_NO}(?:-{_NO})*(?:室|{_STALL}|户|号(?:市|室|{_STALL}))"),
        (Level.STREET, r"\d+弄(?=\d+号)"),
        (Level.PLATE, r"(?:[甲乙丙丁]|新|临|自编)?\d+[甲乙丙丁A-Z]?(?:[-、,]\d+[A-Z]?号?)*弄"),
    )
)  # fmt: skip
_HAO = re.compile(
    rf"[甲乙丙丁临]?{_NO}(?:[-、,/至]{{1,2}}{_NO})*号(?:[-、,/]\d+号?(?![\w-]))*(?:院|内)?(?:之\d+|-\d+(?!-)(?!\d*(?:幢|栋|单元|室|号楼|层|楼)))?"
)
_BARE = re.compile(rf"(?:{_NO}|[A-Z](?=-))(?:-+(?:{_NO}|[A-Z](?![A-Z])))*")
_GOES_INSIDE = re.compile(r"-?\d+(?:-|单元|楼|层|室|$)|[A-Z]?\d{3,4}$")
_WORKS = re.compile(r"(?:工业|开发|产业)(?:园)?区$")
_ROOM_END = re.compile(r"\d{3}[A-Z]?$")
_INSIDE = (Level.BUILDING, Level.UNIT, Level.FLOOR, Level.ROOM)
_PLACE = (Level.ZONE, Level.POI)


@dataclass(frozen=True, slots=True)
class Before:
    """What was read before a number: the last level, and whether a plate is among the parts."""

    last: Level | None
    has_plate: bool
    inside: bool = False


def numbers_at(text: str, at: int, before: Before) -> list[Piece]:
    """Return the parts that the number beginning at a position of a normal text is; none if it is a name."""
    for level, pattern in _SUFFIXED:
        if found := pattern.match(text, at):
            if level is Level.ROOM and "-" in found.group() and before.last not in _INSIDE:
                return _split(found, before)
            if level is Level.BUILDING and before.last is level:
                level = Level.UNIT
            return [(level, at, found.end())]
    if found := _HAO.match(text, at):
        return [(_of_hao(before, found, text), at, found.end())]
    if (found := _BARE.match(text, at)) and not _begins_name(text, found.end(), before):
        return _bare(found, before)
    return []


def _of_hao(before: Before, found: re.Match[str], text: str) -> Level:
    if before.last is Level.BUILDING:
        return Level.UNIT if found.end() - found.start() < 4 else Level.ROOM
    if before.last in _INSIDE or (before.inside and before.last in _PLACE):
        return Level.ROOM
    if before.last is Level.PLATE:
        return Level.BUILDING
    if before.last in _PLACE:
        return _of_hao_behind_place(before, found, text)
    return Level.PLATE


def _of_hao_behind_place(before: Before, found: re.Match[str], text: str) -> Level:
    """Tell a house of a quarter from the plate of a hamlet and the stall of a market by the last word."""
    last, digits = text[found.start() - 1], found.end() - found.start() - 1
    if digits > 3 and last in "区城场厦":
        return Level.ROOM
    if last == "区" and _WORKS.search(text, max(0, found.start() - 5), found.start()):
        return Level.PLATE
    if before.has_plate or _GOES_INSIDE.match(text, found.end()):
        return Level.BUILDING
    return Level.BUILDING if last in "区园苑院心厦城场期寓湾" else Level.PLATE


def _begins_name(text: str, end: int, before: Before) -> bool:
    """Tell whether a number without a word of its own is the beginning of a name (``21世纪``)."""
    behind = text[end : end + 1]
    opens = "\u4e00" <= behind <= "\u9fff"
    return opens and before.last not in (Level.STREET, *_INSIDE, *_PLACE)


def _bare(found: re.Match[str], before: Before) -> list[Piece]:
    start = found.start()
    runs = [(start + one.start(), start + one.end()) for one in re.finditer(r"[^-]+", found.group())]
    if before.last in _INSIDE[1:] or _is_range(runs, found):
        return [(Level.ROOM, start, found.end())]
    if before.last in (Level.STREET, Level.COMMUNITY):
        if len(runs) == 1 or (len(runs) == 2 and runs[1][1] - runs[1][0] < 4):
            return [(Level.PLATE, start, found.end())]
        if len(runs) == 2:
            return [(Level.PLATE, *runs[0]), (Level.ROOM, *runs[1])]
        return [
            (level, *run)
            for level, run in zip((Level.PLATE, *_levels(len(runs) - 1, None)), runs, strict=False)
        ]
    return [(level, *run) for level, run in zip(_levels(len(runs), before, found), runs, strict=False)]


def _is_range(runs: list[tuple[int, int]], found: re.Match[str]) -> bool:
    """Tell whether two numbers are the first and the last of several: ``1106-1107``."""
    if len(runs) != 2:
        return False
    first, last = found.group().split("-")[0], found.group().split("-")[-1]
    return len(first) == len(last) > 2 and first[:-2] == last[:-2] and first < last


def _split(found: re.Match[str], before: Before) -> list[Piece]:
    """Split ``7-662室``: the last is the room, the others are what it is in."""
    start = found.start()
    runs = [(start + one.start(), start + one.end()) for one in re.finditer(r"[^-]+", found.group())]
    above = (
        (Level.PLATE, Level.BUILDING, Level.UNIT)
        if before.last is Level.STREET
        else (Level.BUILDING, Level.UNIT)
    )
    return [
        (level, *run)
        for level, run in zip(
            (*above[: len(runs) - 1], Level.ROOM), (*runs[: len(above)], runs[-1]), strict=False
        )
    ]


def _levels(count: int, before: Before | None, found: re.Match[str] | None = None) -> tuple[Level, ...]:
    last = before.last if before else Level.POI
    if last in (Level.UNIT, Level.FLOOR, Level.ROOM):
        return (Level.ROOM,) * count
    if last is Level.BUILDING:
        return (Level.ROOM,) if count == 1 else (Level.UNIT, Level.ROOM, Level.ROOM)
    if count == 1:
        digits = len(re.sub(r"\D", "", found.group())) if found else 0
        return (Level.ROOM,) if digits > 2 else (Level.BUILDING,)
    if count == 2 and found:
        return Level.BUILDING, Level.ROOM if _ROOM_END.search(found.group()) else Level.UNIT
    return (
        (Level.BUILDING, Level.ROOM) if count == 2 else (Level.BUILDING, Level.UNIT, Level.ROOM, Level.ROOM)
    )
