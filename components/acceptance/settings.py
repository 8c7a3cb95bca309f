"""What an acceptance is measured by: accuracies, limits, weights; a TOML file replaces the defaults.

GB/T 24356 (quality inspection of surveying results) fixes the practice, not the numbers of a component
census. Its text was not seen; what textbooks and exam questions say of it is marked *GB/T 24356*, everything
else is a default of this program, to be replaced by what the contract says. None of it is verified.

=================== ============================================================ ======================
setting             meaning                                                      default and its source
=================== ============================================================ ======================
``accuracy_m``      permitted mean square error by accuracy class                A 0.5, B 1.0, C 10.0 (draft)
``reach_m``         how far a check point may be from its component              A 2.5, B 5, C 30 (own)
``identifier_m``    the same where the inspector read the identifier             50 (own)
``gross_factor``    an error is gross beyond so many accuracies                  2 (GB/T 24356)
``mean_below``      with fewer errors their mean replaces the m.s.e.             20 (GB/T 24356)
``equal_accuracy``  the check is no more accurate than the survey                false
``limits``          shares from which a sheet fails                              5 % each (gross: GB/T 24356)
``grades``          scores from which a sheet is excellent, good, qualified      90, 75, 60 (GB/T 24356)
``elements``        weights of the quality elements in the score                 equal (own)
``major_weights``   weights of the major classes in the shares                   equal (own)
``lot_share``       share of sheets that must qualify                            1 (GB/T 24356)
``inspected``       class codes, or their beginnings, that were inspected        all
``attributes``      attributes compared where the inspector read them            those of units and state
=================== ============================================================ ======================
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from components.class_info import ACCURACY_M
from gis.errors import UsageError
from gis.text import Text, t

REACH_M: Mapping[str, float] = {"A": 2.5, "B": 5.0, "C": 30.0}
RATES = ("missed", "surplus", "wrong_class", "wrong_attribute", "gross")
ELEMENTS = ("completeness", "class", "attributes", "position")
GRADES = ("excellent", "good", "qualified")
ATTRIBUTES = (
    "authority_code",
    "authority_name",
    "owner_code",
    "owner_name",
    "maintainer_code",
    "maintainer_name",
    "state",
)
SECTION = "acceptance"


@dataclass(frozen=True)
class AcceptanceSettings:
    """Settings of an acceptance; lengths in metres, shares from 0 to 1. See the table of the module.

    Attributes
    ----------
    changed : tuple of str
        Names of the settings that a file gave: all others are unverified defaults.
    """

    accuracy_m: Mapping[str, float] = field(default_factory=lambda: dict(ACCURACY_M))
    reach_m: Mapping[str, float] = field(default_factory=lambda: dict(REACH_M))
    identifier_m: float = 50.0
    gross_factor: float = 2.0
    mean_below: int = 20
    equal_accuracy: bool = False
    limits: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(RATES, 0.05))
    grades: Mapping[str, float] = field(
        default_factory=lambda: dict(zip(GRADES, (90.0, 75.0, 60.0), strict=True))
    )
    elements: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(ELEMENTS, 1.0))
    major_weights: Mapping[str, float] = field(default_factory=dict)
    lot_share: float = 1.0
    inspected: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ATTRIBUTES
    changed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values that nothing could be judged by."""
        for name, keys in _TABLES.items():
            _check_table(name, getattr(self, name), keys)
        for name, (low, high) in _RANGES.items():
            _check_number(name, getattr(self, name), low, high)
        if not isinstance(self.equal_accuracy, bool):
            raise _impossible("equal_accuracy", self.equal_accuracy, "true, false")
        _check_texts("attributes", self.attributes, ATTRIBUTES)
        _check_texts("inspected", self.inspected, None)
        _check_order(self)

    def gross_m(self, accuracy_class: str) -> float:
        """Return the difference beyond which an error is gross, metres.

        A check that is no more accurate than the survey adds an error of its own: √2 times as far.
        """
        return self.accuracy_m[accuracy_class] * self.gross_factor * (2**0.5 if self.equal_accuracy else 1.0)

    def weight(self, major: str) -> float:
        """Return the weight of a major class by its two digits."""
        return float(self.major_weights.get(major, 1.0))

    def inspects(self, class_code: str) -> bool:
        """Tell whether components of a class took part in the inspection."""
        return not self.inspected or class_code.startswith(self.inspected)

    def to_dict(self) -> dict[str, Any]:
        """Return all values, for the report."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


def load_settings(path: Path | None) -> AcceptanceSettings:
    """Read the section ``[acceptance]`` of a TOML file; without a file every setting has its default.

    ::

        [acceptance]
        gross_factor = 3
        [acceptance.major_weights]
        "01" = 2.0
        [acceptance.limits]
        missed = 0.03

    Raises
    ------
    UsageError
        The file cannot be read, or a setting is unknown or has an impossible value.
    """
    if path is None:
        return AcceptanceSettings()
    values = _read(path)
    known = {item.name for item in fields(AcceptanceSettings)} - {"changed"}
    for name in values:
        if name not in known:
            raise _impossible(SECTION, name, ", ".join(sorted(known)))
    defaults = AcceptanceSettings()
    merged = {name: _merged(getattr(defaults, name), value) for name, value in values.items()}
    return replace(defaults, **merged, changed=tuple(sorted(values)))


_TABLES: Mapping[str, tuple[str, ...] | None] = {
    "accuracy_m": tuple(ACCURACY_M),
    "reach_m": tuple(ACCURACY_M),
    "limits": RATES,
    "grades": GRADES,
    "elements": ELEMENTS,
    "major_weights": None,
}
_RANGES: Mapping[str, tuple[float, float]] = {
    "identifier_m": (0.0, 10_000.0),
    "gross_factor": (1.0, 100.0),
    "mean_below": (0, 10_000),
    "lot_share": (0.0, 1.0),
}


def _read(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            t("The settings {path} cannot be read: {reason}", path=str(path), reason=str(error)),
            field="--settings",
            value=str(path),
            expected=t("a TOML file with the table [acceptance]"),
        ) from error
    section = content.get(SECTION)
    if not isinstance(section, dict):
        raise UsageError(
            t("The settings {path} have no table [acceptance]", path=str(path)),
            field="--settings",
            value=str(path),
            expected=t("a TOML file with the table [acceptance]"),
        )
    return section


def _merged(default: Any, value: Any) -> Any:
    """Complete a table of the file by the defaults, and make lists immutable."""
    if isinstance(default, Mapping) and isinstance(value, Mapping):
        return {**default, **value}
    return tuple(value) if isinstance(value, list) else value


def _check_table(name: str, values: Any, keys: tuple[str, ...] | None) -> None:
    if not isinstance(values, Mapping):
        raise _impossible(name, values, t("a table"))
    high = 1.0 if name == "limits" else 100.0 if name == "grades" else 1e6
    for key, value in values.items():
        if keys is not None and key not in keys:
            raise _impossible(name, key, ", ".join(keys))
        low = 1e-6 if name in ("limits", "accuracy_m", "reach_m") else 0.0
        _check_number(f"{name}.{key}", value, low, high)
    if name == "elements" and not any(values.values()):
        raise _impossible(name, values, t("a weight above 0"))


def _check_number(name: str, value: Any, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise _impossible(name, value, t("a number from {low} to {high}", low=f"{low:g}", high=f"{high:g}"))


def _check_texts(name: str, values: Any, allowed: tuple[str, ...] | None) -> None:
    if not isinstance(values, tuple) or not all(isinstance(value, str) for value in values):
        raise _impossible(name, values, t("a list of texts"))
    for value in values:
        if allowed is not None and value not in allowed:
            raise _impossible(name, value, ", ".join(allowed))


def _check_order(settings: AcceptanceSettings) -> None:
    """Refuse grades out of order, and a reach within which a gross error could not be seen."""
    grades = [settings.grades[name] for name in GRADES]
    if sorted(grades, reverse=True) != grades:
        raise _impossible("grades", grades, t("excellent above good above qualified"))
    for name, reach in settings.reach_m.items():
        if reach < settings.gross_m(name):
            raise _impossible(
                f"reach_m.{name}",
                reach,
                t("at least {limit} m, from where errors are gross", limit=f"{settings.gross_m(name):g}"),
            )


def _impossible(name: str, value: Any, expected: Text | str) -> UsageError:
    return UsageError(
        t("Setting {name} cannot be {value}", name=name, value=str(value)),
        field=name,
        value=str(value),
        expected=expected,
    )
