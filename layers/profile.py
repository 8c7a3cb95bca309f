"""What of a layer is shown to whom: its public profile, and the part one principal sees."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gis.errors import UsageError
from gis.text import t
from layers.classes import check_class

MAX_COARSENING = 10_000.0
_MAX_APPROVAL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicProfile:
    """What the public sees of a layer once it is public.

    Attributes
    ----------
    classes : tuple of str or None
        Classes of components that are shown (``2013:0137``); ``None`` for all that may be public.
    properties : tuple of str or None
        Properties that are shown; ``None`` for all that may be public.
    coarsen_m : float or None
        Edge in metres of the grid whose cells stand for the places within (:mod:`layers.coarsening`).
    approval_number : str or None
        Map approval number (审图号) under which the layer is published.
    """

    classes: tuple[str, ...] | None = None
    properties: tuple[str, ...] | None = None
    coarsen_m: float | None = None
    approval_number: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {
            "classes": None if self.classes is None else list(self.classes),
            "properties": None if self.properties is None else list(self.properties),
            "coarsen_m": self.coarsen_m,
            "approval_number": self.approval_number,
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> PublicProfile:
        """Read a profile as it was kept, or as somebody wrote it.

        Raises
        ------
        UsageError
            If a member is unknown or not of its kind.
        """
        for name in given:
            if name not in cls.__slots__:
                _refuse(f"public_profile.{name}", given[name], ", ".join(cls.__slots__))
        return cls(
            classes=_texts(given, "classes"),
            properties=_texts(given, "properties"),
            coarsen_m=_metres(given.get("coarsen_m")),
            approval_number=_approval(given.get("approval_number")),
        )

    def checked(self) -> PublicProfile:
        """Return the profile itself, or refuse it.

        Raises
        ------
        UsageError
            If a class has no edition, or the coarsening or the approval number is out of bounds.
        """
        for selector in self.classes or ():
            check_class(selector, "public_profile.classes")
        _metres(self.coarsen_m)
        _approval(self.approval_number)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """The part of a layer that one principal sees.

    Attributes
    ----------
    counties : tuple of str or None
        Only rows of these districts.
    classes : tuple of str or None
        Only components of these classes.
    without_refused : bool
        No components of classes that are never public.
    coarsen_m : float or None
        Places only by cells of a grid this many metres wide.
    """

    counties: tuple[str, ...] | None = None
    classes: tuple[str, ...] | None = None
    without_refused: bool = False
    coarsen_m: float | None = None


def _texts(given: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        _refuse(f"public_profile.{name}", value, '["…"]')
    return tuple(value)


def _metres(value: Any) -> float | None:
    if value is None:
        return None
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not number or not 1 <= value <= MAX_COARSENING:
        _refuse("coarsen_m", value, f"1..{MAX_COARSENING:g}")
    return float(value)


def _approval(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _MAX_APPROVAL:
        _refuse("approval_number", value, t("1 to {limit} characters", limit=_MAX_APPROVAL))
    return str(value)


def _refuse(field: str, value: Any, expected: Any) -> None:
    raise UsageError(
        t("{field} of a layer cannot be {value}", field=field, value=repr(value)),
        field=field,
        value=value,
        expected=expected,
    )
