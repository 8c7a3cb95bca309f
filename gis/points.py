"""Read tables with coordinate columns as points."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.crs import System
from gis.errors import FileProblem
from gis.findings import Finding, Severity
from gis.gcj import ChinaShift
from gis.layer import ROW, RawLayer, StatedCrs, table_of
from gis.sheet import Sheet
from gis.text import Text, t

_AXES = {
    "lon": ("lon", "lng", "long", "longitude", "经度", "經度", "东经"),
    "lat": ("lat", "latitude", "纬度", "緯度", "北纬"),
    "x": ("x", "easting", "东坐标", "横坐标"),
    "y": ("y", "northing", "北坐标", "纵坐标"),
}
_AXIS_OF = {word: axis for axis, words in _AXES.items() for word in words}
# What a heading may say of its system beside the axis: 经度_84, bd09_lng, 纬度（高德）.
_HINTS: dict[str, str] = {
    **dict.fromkeys(("84", "wgs84", "wgs", "gps", "4326"), "EPSG:4326"),
    **dict.fromkeys(("cgcs2000", "cgcs", "2000", "4490"), "EPSG:4490"),
    **dict.fromkeys(("gcj02", "gcj", "gd", "amap", "高德", "火星", "腾讯"), str(ChinaShift.GCJ02)),
    **dict.fromkeys(("bd09", "bd", "bd09ll", "baidu", "百度"), str(ChinaShift.BD09LL)),
}
_PREFERRED = ("EPSG:4490", "EPSG:4326", None, str(ChinaShift.GCJ02), str(ChinaShift.BD09LL))
_NOISE = frozenset(("坐标", "point", "coord", "coordinate", "度", "wgs", "geo"))
_CHINESE = sorted((word for word in (*_AXIS_OF, *_HINTS, *_NOISE) if not word.isascii()), key=len)
_WORDS = re.compile("|".join((r"[a-z]+\d*[a-z]*", r"\d+", *reversed(_CHINESE), r"[\u4e00-\u9fff]")))
_HEADER_ROWS = 10
_NO_DATA: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two columns with coordinates: positions, headings, whether degrees, and the system they name."""

    x: int
    y: int
    headings: tuple[str, str]
    degrees: bool
    system: str | None


def read_points(sheet: Sheet, system: System | None, *, dataset: str) -> RawLayer:
    """Make points of the rows of a table.

    Parameters
    ----------
    sheet : Sheet
        With headings among its first rows.
    system : pyproj.CRS or ChinaShift, optional
        What a person declared (``--crs``); tells which columns to take where there are several
        pairs.
    dataset : str
        Name put into findings.

    Returns
    -------
    RawLayer
        ``_row`` is the row as a spreadsheet numbers it. Rows without numbers have no geometry.

    Raises
    ------
    FileProblem
        F03: the headings name a shifted system that nobody declared; F05: no coordinate columns;
        F06: no rows.
    """
    header, pair = _find_columns(sheet, system)
    rows = sheet.rows[header + 1 :]
    numbers = [n for n, row in enumerate(rows) if any(value is not None for value in row)]
    if not numbers:
        raise FileProblem(t("{path} has no rows", path=sheet.path), code="F06", value=sheet.path)
    rows = [rows[n] for n in numbers]
    frame = pd.DataFrame(rows, columns=_headings(sheet.rows[header]), dtype=object)
    frame.insert(0, ROW, np.array(numbers) + header + 2)
    x, bad_x = _as_numbers([row[pair.x] for row in rows])
    y, bad_y = _as_numbers([row[pair.y] for row in rows])
    geometries = np.full(len(rows), None, dtype=object)
    known = np.isfinite(x) & np.isfinite(y)
    geometries[known] = shapely.points(x[known], y[known])
    findings = sheet.findings + _not_numbers(frame, bad_x, bad_y, pair, dataset)
    stated, found = _stated(sheet, pair, system, dataset)
    evidence = sheet.encoding_evidence or t("the format fixes it")
    return RawLayer(sheet.path, sheet.name, table_of(frame, geometries), stated, evidence, findings + found)


def has_coordinates(sheet: Sheet) -> bool:
    """Tell whether a table has coordinate columns."""
    return any(_pairs(row) for row in sheet.rows[:_HEADER_ROWS])


def _find_columns(sheet: Sheet, system: System | None) -> tuple[int, _Pair]:
    for number, row in enumerate(sheet.rows[:_HEADER_ROWS]):
        pairs = _pairs(row)
        if pairs:
            return number, _choose(pairs, system)
    headings = ", ".join(filter(None, sheet.rows[0] if sheet.rows else _NO_DATA))
    raise FileProblem(
        t("{path} ({name}) has no columns with coordinates", path=sheet.path, name=sheet.name),
        code="F05",
        value=headings,
        expected=t("lon and lat, 经度 and 纬度, or x and y with --crs"),
        hint=t("The columns are {names}", names=headings),
    )


def _pairs(headings: Sequence[str | None]) -> list[_Pair]:
    """Find the columns that belong together: the same kind of axis, the same system."""
    found: dict[tuple[str, str | None], int] = {}
    for position, heading in enumerate(headings):
        meaning = _meaning(heading) if heading is not None else None
        if meaning is not None:
            found.setdefault(meaning, position)
    pairs = []
    for (axis, system), x in found.items():
        across = {"lon": "lat", "x": "y"}.get(axis)
        y = found.get((across, system)) if across is not None else None
        if y is not None:
            names = (headings[x] or "", headings[y] or "")
            pairs.append(_Pair(x, y, names, axis == "lon", system))
    return pairs


def _meaning(heading: str) -> tuple[str, str | None] | None:
    """Understand a heading as an axis and the system it names, if it names one."""
    plain = unicodedata.normalize("NFKC", heading).casefold()
    words = _WORDS.findall(plain)
    axis = system = None
    for word in words:
        if word in _AXIS_OF and axis is None:
            axis = _AXIS_OF[word]
        elif word in _HINTS:
            system = _HINTS[word]
        elif word not in _NOISE and not (axis in ("x", "y") and word in ("state", "plane")):
            return None
    return None if axis is None else (axis, system)


def _choose(pairs: Sequence[_Pair], system: System | None) -> _Pair:
    """Take the pair the declared system speaks of; without one, degrees before metres."""
    plane = system is not None and not isinstance(system, ChinaShift) and system.is_projected

    def rank(pair: _Pair) -> tuple[bool, bool, int]:
        named = isinstance(system, ChinaShift) and pair.system != str(system)
        return pair.degrees == plane, named, _PREFERRED.index(pair.system)

    return min(pairs, key=rank)


def _headings(row: Sequence[str | None]) -> list[str]:
    """Name the columns; those without a heading by their number, equal ones apart."""
    names: list[str] = []
    for position, heading in enumerate(row):
        name = heading or f"column_{position + 1}"
        unique, number = name, 2
        while unique in names or unique in (ROW, "geometry"):
            unique, number = f"{name}_{number}", number + 1
        names.append(unique)
    return names


def _as_numbers(texts: Sequence[str | None]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Convert to numbers; tell which texts are none."""
    plain = pd.Series([None if s is None else unicodedata.normalize("NFKC", s) for s in texts], dtype=object)
    values = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64)
    return values, np.asarray(~np.isfinite(values) & plain.notna().to_numpy())


def _not_numbers(
    frame: pd.DataFrame, bad_x: NDArray[np.bool_], bad_y: NDArray[np.bool_], pair: _Pair, dataset: str
) -> list[Finding]:
    message = t("The coordinate is no number, so the row has no position")
    rows = frame[ROW].to_numpy()
    return [
        Finding(
            "F11",
            Severity.WARNING,
            dataset,
            message,
            row=int(rows[row]),
            field=heading,
            value=str(frame.iloc[int(row), position + 1]),
        )
        for bad, position, heading in ((bad_x, pair.x, pair.headings[0]), (bad_y, pair.y, pair.headings[1]))
        for row in np.flatnonzero(bad)
    ]


def _stated(
    sheet: Sheet, pair: _Pair, system: System | None, dataset: str
) -> tuple[StatedCrs | None, list[Finding]]:
    """Take headings as a statement: degrees are EPSG:4490 unless they say otherwise."""
    names = ", ".join(pair.headings)
    if system is not None or not pair.degrees:
        return None, []
    if pair.system in (ChinaShift.GCJ02, ChinaShift.BD09LL):
        raise FileProblem(
            t("{path}: the columns {names} are in a shifted system", path=sheet.path, names=names),
            code="F03",
            field="--crs",
            value=names,
            expected=t("--crs {system}", system=pair.system),
        )
    if pair.system is not None:
        return StatedCrs(pair.system, t("the columns {names} say so", names=names)), []
    return StatedCrs("EPSG:4490", _assumed(names)), [
        Finding(
            "F03",
            Severity.WARNING,
            dataset,
            t("{path}: {assumption}", path=sheet.path, assumption=_assumed(names)),
            value=names,
            hint=t("Declare --crs GCJ02 or --crs BD09LL if the coordinates are from an internet map"),
        )
    ]


def _assumed(names: str) -> Text:
    return t("the columns {names} are taken as longitude and latitude of CGCS2000 or WGS 84", names=names)
