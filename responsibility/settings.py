"""What a city may set about resolving, and its hash, which is part of every answer."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta, timezone
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from components.class_info import ACCURACY_M, DEFAULT_STANDARD, STANDARDS
from gis.errors import UsageError
from gis.text import t
from responsibility.calendar import WorkCalendar
from responsibility.default_places import SETTING, DefaultPlace, check_default_places, default_places_of
from responsibility.evidence_order import check_orders
from responsibility.model import Source
from responsibility.work_clock import WorkClock
from responsibility.working_time import Shifts, WorkSeason, check_seasons, seasons_of, shifts_of

VARIABLE = "WANGGE_CONFIG"
SECTION = "resolve"

SOURCE_ACCURACY_M: Mapping[str, float] = {
    Source.GPS: 10.0,
    Source.MAP_CLICK: 5.0,
    Source.ADDRESS: 30.0,
    Source.COMPONENT: 0.5,
    Source.CAMERA: 20.0,
    Source.VEHICLE: 10.0,
    Source.HOTLINE: 50.0,
}
# How exact the places are that geocoders give, by what they found: a door plate is the building, a road is
# the middle of it. The words are those in which Chinese geocoders and English ones say it; the metres are
# ours (unverified).
ADDRESS_ACCURACY_M: Mapping[str, float] = {
    **dict.fromkeys(("门牌号", "门址", "单元号", "address"), 30.0),
    **dict.fromkeys(("兴趣点", "placename"), 50.0),
    **dict.fromkeys(("道路交叉路口", "交叉口", "路口", "intersection"), 50.0),
    **dict.fromkeys(("公交站台", "地铁站"), 100.0),
    **dict.fromkeys(("路段", "blockface"), 100.0),
    **dict.fromkeys(("道路", "street"), 500.0),
    **dict.fromkeys(("热点商圈", "村庄", "社区"), 1000.0),
    **dict.fromkeys(("乡镇", "街道", "开发区"), 2000.0),
}


@dataclass(frozen=True)
class ResolveSettings:
    """Settings of the resolver; the section ``[resolve]`` of the configuration file.

    Attributes
    ----------
    source_accuracy_m : mapping of str to float
        Default accuracy of a position by its source, in metres.
    class_accuracy_m : mapping of str to float
        How far a component of accuracy class A, B or C may stand from its recorded place, in
        metres (unverified; see :mod:`components.class_tables`).
    unlisted_class_accuracy : str
        Accuracy class of classes the catalogue does not know.
    address_accuracy_m : mapping of str to float
        Accuracy of a position, in metres, by the kind of address it was found by: what a column of
        accuracies says in words.
    default_places : tuple of DefaultPlace
        Coordinates that stand for reports whose place nobody knows, see
        :mod:`responsibility.default_places`.
    border_m : float
        A point within this distance of two areas of one line is on the border between them, in metres.
    max_accuracy_m : float
        Positions less accurate than this are refused.
    snap_m : float
        A point in a gap takes the polygon nearest to it within this distance, in metres.
    standard : str
        Edition of class codes when the question does not say.
    utc_offset_hours : float
        Time zone of the city; times without a zone are in it.
    work_hours : tuple of (str, str)
        Working time of a working day, ``HH:MM`` to ``HH:MM``, in order.
    work_seasons : tuple of WorkSeason
        Parts of the year with other working hours: summer, winter.
    work_days_end_at_close : bool
        True: *n* working days end at the close of the *n*-th working day after the start. False:
        they are *n* times the working hours of a day, counted from the start.
    calendar : WorkCalendar
        Holidays and moved working days.
    evidence_order : mapping of str to sequence of str
        Another order of evidence for some classes, see :mod:`responsibility.evidence_order`; evidence
        that an order leaves out is not weighed.
    """

    source_accuracy_m: Mapping[str, float] = field(default_factory=lambda: dict(SOURCE_ACCURACY_M))
    class_accuracy_m: Mapping[str, float] = field(default_factory=lambda: dict(ACCURACY_M))
    unlisted_class_accuracy: str = "B"
    address_accuracy_m: Mapping[str, float] = field(default_factory=lambda: dict(ADDRESS_ACCURACY_M))
    default_places: tuple[DefaultPlace, ...] = ()
    border_m: float = 2.0
    max_accuracy_m: float = 2000.0
    snap_m: float = 5.0
    standard: str = DEFAULT_STANDARD
    utc_offset_hours: float = 8.0
    work_hours: tuple[tuple[str, str], ...] = (("08:30", "12:00"), ("14:00", "17:30"))
    work_seasons: tuple[WorkSeason, ...] = ()
    work_days_end_at_close: bool = False
    calendar: WorkCalendar = field(default_factory=WorkCalendar.default)
    evidence_order: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse values that no answer could be computed with."""
        _check_choice("standard", self.standard, STANDARDS)
        _check_choice("unlisted_class_accuracy", self.unlisted_class_accuracy, tuple(ACCURACY_M))
        _check_keys("source_accuracy_m", self.source_accuracy_m, tuple(SOURCE_ACCURACY_M))
        _check_keys("class_accuracy_m", self.class_accuracy_m, tuple(ACCURACY_M))
        _check_numbers("address_accuracy_m", self.address_accuracy_m)
        for name in ("max_accuracy_m", "snap_m", "border_m"):
            _check_number(name, getattr(self, name))
        check_default_places(self.default_places, self.max_accuracy_m)
        shifts_of(self.work_hours, "work_hours")
        check_seasons(self.work_seasons)
        check_orders(self.evidence_order)

    @cached_property
    def timezone(self) -> timezone:
        """The city's time zone, a fixed offset: China keeps no summer time."""
        return timezone(timedelta(hours=self.utc_offset_hours))

    def shifts_on(self, day: date) -> Shifts:
        """Return the working time of a working day."""
        return next((shifts for season, shifts in self._seasons if season.includes(day)), self._shifts)

    @cached_property
    def work_clock(self) -> WorkClock:
        """All working time of the years the calendar knows."""
        return WorkClock(self.calendar, self.shifts_on)

    @cached_property
    def _shifts(self) -> Shifts:
        return shifts_of(self.work_hours, "work_hours")

    @cached_property
    def _seasons(self) -> tuple[tuple[WorkSeason, Shifts], ...]:
        return tuple((season, shifts_of(season.hours, "work_seasons")) for season in self.work_seasons)

    @cached_property
    def hash(self) -> str:
        """``sha256:`` and the hash of all values, the same for the same settings everywhere."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        values["calendar"] = self.calendar.to_dict()
        canonical = orjson.dumps(values, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
        return f"sha256:{hashlib.sha256(canonical).hexdigest()}"


def load_settings(path: Path | None = None) -> ResolveSettings:
    """Read the settings from a TOML file.

    Parameters
    ----------
    path : pathlib.Path, optional
        By default the file named by the environment variable ``WANGGE_CONFIG``; without one every
        setting has its default. ``calendar`` in the file is the path of a CSV file, relative to it.

    Returns
    -------
    ResolveSettings

    Raises
    ------
    UsageError
        The file cannot be read, or a setting is unknown or has an impossible value.
    """
    named = path or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    return ResolveSettings() if named is None else _from_toml(named, _read_toml(named).get(SECTION, {}))


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            t("Configuration file {path} cannot be read: {problem}", path=str(path), problem=str(error)),
            field=VARIABLE,
            value=str(path),
            expected=t("a TOML file"),
        ) from error


def _from_toml(path: Path, values: dict[str, Any]) -> ResolveSettings:
    known = [item.name for item in fields(ResolveSettings)]
    for name in values:
        _check_choice(SECTION, name, tuple(known))
    settings = ResolveSettings()
    plain = {name: value for name, value in values.items() if name not in _TABLES}
    changes = {name: _merged(getattr(settings, name), value) for name, value in plain.items()}
    changes |= {name: read(values[name]) for name, read in _TABLES.items() if name in values}
    if "calendar" in values:
        changes["calendar"] = WorkCalendar.read(path.parent / str(values["calendar"]))
    return replace(settings, **changes)


_TABLES: Mapping[str, Callable[[Any], Any]] = {"work_seasons": seasons_of, SETTING: default_places_of}


def _merged(default: Any, value: Any) -> Any:
    """Complete a table of the file by the defaults, and make lists immutable."""
    if isinstance(default, Mapping) and isinstance(value, Mapping):
        return {**default, **value}
    return tuple(map(tuple, value)) if isinstance(value, list) else value


def _check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise _impossible(name, value, ", ".join(choices))


def _check_keys(name: str, values: Any, keys: tuple[str, ...]) -> None:
    _check_numbers(name, values, ", ".join(keys))
    for key in values:
        _check_choice(name, key, keys)


def _check_numbers(name: str, values: Any, expected: str = '{"门牌号" = 30}') -> None:
    if not isinstance(values, Mapping):
        raise _impossible(name, values, expected)
    for key, value in values.items():
        _check_number(f"{name}.{key}", value)


def _check_number(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
        raise _impossible(name, value, t("metres, 0 or more"))


def _impossible(name: str, value: Any, expected: Any) -> UsageError:
    return UsageError(
        t("Setting {name} cannot be {value}", name=name, value=str(value)),
        field=name,
        value=value,
        expected=expected,
    )
