"""What a city may set about the checks of places: the section ``[places]`` of the configuration file.

No standard that we know of gives these numbers: all are defaults of ours.
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
SECTION = "places"


@dataclass(frozen=True, slots=True)
class PlaceLimits:
    """Limits of the checks.

    Attributes
    ----------
    off_street_m : float
        A plate farther than this from the line of its street is reported (P05), metres.
    boundary_m : float
        A place may lie so far outside the division it states (P07), metres.
    same_place_m : float
        Plates with one number are one place up to this distance (P06), metres.
    side_plates : int
        Of a street with fewer plates the sides are not compared (P09).
    side_share : float
        Share of the plates that keep to the side of their parity where a street follows the rule (P09).
    """

    off_street_m: float = 100.0
    boundary_m: float = 20.0
    same_place_m: float = 1.0
    side_plates: int = 8
    side_share: float = 0.8


def load_limits() -> PlaceLimits:
    """Read the limits from the file that ``WANGGE_CONFIG`` names.

    Raises
    ------
    UsageError
        The file cannot be read, names a limit that there is not, or gives no positive number.
    """
    path = os.environ.get(VARIABLE)
    if not path:
        return PlaceLimits()
    try:
        values = tomllib.loads(Path(path).read_text(encoding="utf-8")).get(SECTION, {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = t("Configuration file {path} cannot be read: {problem}", path=path, problem=str(error))
        raise UsageError(problem, field=VARIABLE, value=path, expected=t("a TOML file")) from error
    return limits_of(values)


def limits_of(values: Mapping[str, Any]) -> PlaceLimits:
    """Return limits with some of them set; see :func:`load_limits` for what is refused."""
    known = [item.name for item in fields(PlaceLimits)]
    for name, value in values.items():
        if name not in known:
            raise _refused(name, name, ", ".join(known))
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise _refused(name, str(value), str(t("a positive number")))
    return PlaceLimits(**values)


def _refused(name: str, value: str, expected: str) -> UsageError:
    message = t("[{section}] {name} is not a limit that can be kept", section=SECTION, name=name)
    return UsageError(message, field=name, value=value, expected=expected)
