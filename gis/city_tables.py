"""Sections of the description of a city's system: values taken with their checks, never repeated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gis.errors import UsageError
from gis.text import Text, t


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the file: the file's name, its own name, and what stands in it."""

    file: str
    name: str
    values: dict[str, Any]

    def shown(self, key: str) -> str:
        """Name a key for people."""
        return f"{self.file}: {self.name}.{key}" if self.name and key != self.name else f"{self.file}: {key}"

    def only(self, *known: str) -> None:
        """Refuse keys that mean nothing: a misspelt one would be left out silently."""
        for key in self.values:
            if key not in known:
                raise refused(self.shown(key), t("an unknown key"), ", ".join(known))

    def section(self, key: str) -> Section:
        """Return the section of that name."""
        values = self.values.get(key)
        if not isinstance(values, dict):
            raise refused(self.shown(key), t("no section"), f"[{key}]")
        return Section(self.file, key, values)

    def text(self, key: str) -> str:
        """Return a text that has to be there."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            raise refused(self.shown(key), t("missing or no text"), t("a text"))
        return value.strip()

    def choice(self, key: str, choices: Sequence[str], *, default: str | None = None) -> str:
        """Return one of some words."""
        value = self.values.get(key, default)
        if value not in choices:
            raise refused(self.shown(key), t("missing or none of the choices"), ", ".join(choices))
        return str(value)

    def number(self, key: str, low: float, high: float, *, default: float | None = None) -> float:
        """Return a number between two bounds, which has to be there when it has no default."""
        value = self.values.get(key, default)
        right = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        if not right or not low <= float(value) <= high:  # type: ignore[arg-type]
            expected = t("a number from {low} to {high}", low=f"{low:g}", high=f"{high:g}")
            raise refused(self.shown(key), t("missing, no number, or out of bounds"), expected)
        return float(value)  # type: ignore[arg-type]


def refused(key: str, what: Text | str, expected: Text | str) -> UsageError:
    """Make the error of a description that cannot be used; the value itself is not repeated."""
    message = t("The description of the coordinate system cannot be used: {key}: {what}", key=key, what=what)
    return UsageError(message, field="--crs", value=key, expected=expected)
