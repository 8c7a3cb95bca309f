"""What a city may set about composing addresses: the section ``[geocode.reverse]`` of the configuration file.

The first two distances are proposals of our note on geocoding (30 m, 50 m); no standard that we know of gives
any of them.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from gis.errors import UsageError
from gis.text import t

VARIABLE = "WANGGE_CONFIG"
SECTION = ("geocode", "reverse")
FARTHEST = 1000.0
"""Metres: what is farther away says nothing of where a point is."""

_TEXTS = ("province", "prefecture")


@dataclass(frozen=True, slots=True)
class ReverseSettings:
    """How far what an address is composed from may be, and what stands in front.

    Attributes
    ----------
    plate_m : float
        A door plate names a point up to this distance, metres.
    poi_m : float
        A point of interest does.
    crossing_m : float
        A crossing of the street the point is on does.
    street_m : float
        A point is on the street whose line is nearest, up to this distance.
    other_street_m : float
        A plate of another street than the one the point is on counts as so much farther, and so does a plate
        in another township.
    province, prefecture : str
        Names of the levels that divisions of a registry do not have: ``重庆市``. Empty by default.
    """

    plate_m: float = 30.0
    poi_m: float = 50.0
    crossing_m: float = 30.0
    street_m: float = 50.0
    other_street_m: float = 10.0
    province: str = ""
    prefecture: str = ""

    @property
    def reach_m(self) -> float:
        """How far from a point anything of its address may be, in metres."""
        return max(self.plate_m, self.poi_m, self.crossing_m, self.street_m)


def load_reverse_settings() -> ReverseSettings:
    """Read the settings from the file that ``WANGGE_CONFIG`` names.

    Raises
    ------
    UsageError
        The file cannot be read, names a setting that there is not, or gives it an impossible value.
    """
    path = os.environ.get(VARIABLE)
    if not path:
        return ReverseSettings()
    try:
        values: Any = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = t("Configuration file {path} cannot be read: {problem}", path=path, problem=str(error))
        raise UsageError(problem, field=VARIABLE, value=path, expected=t("a TOML file")) from error
    for name in SECTION:
        values = values.get(name, {})
        if not isinstance(values, Mapping):
            raise _refused(name, values, "[geocode.reverse]")
    return reverse_settings_of(values)


def reverse_settings_of(values: Mapping[str, Any]) -> ReverseSettings:
    """Return settings with some of them set; see :func:`load_reverse_settings` for what is refused."""
    known = [item.name for item in fields(ReverseSettings)]
    for name, value in values.items():
        if name not in known:
            raise _refused(name, value, ", ".join(known))
        if name in _TEXTS:
            if not isinstance(value, str) or len(value) > 40:
                raise _refused(name, value, t("no more than {count} characters", count=40))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= FARTHEST:
            raise _refused(name, value, t("metres, 0 to {most}", most=f"{FARTHEST:g}"))
    return ReverseSettings(**values)


def _refused(name: str, value: Any, expected: Any) -> UsageError:
    message = t(
        "[{section}] {name} cannot be {value}", section=".".join(SECTION), name=name, value=str(value)
    )
    return UsageError(message, field=name, value=str(value), expected=expected)
