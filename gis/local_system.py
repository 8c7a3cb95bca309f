"""Systems that are a known one with a step before it: other axes, other units, a city's own plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from gis.gcj import ChinaShift
from gis.text import Text

Coordinates = NDArray[np.float64]
Step = Callable[[ArrayLike, ArrayLike], tuple[Coordinates, Coordinates]]


@dataclass(frozen=True, slots=True, eq=False)
class LocalSystem:
    """A system whose coordinates one step turns into those of a base.

    Attributes
    ----------
    shown : Text or str
        Name for people. It gives no parameters: those of a city's own system are restricted.
    base : pyproj.CRS or ChinaShift
        A system there is a name for.
    to_base, from_base : callable
        x, y of this system to x, y of the base, and back.
    exact : bool
        Whether the step loses nothing (units, axes), or has the accuracy of its parameters.
    quality : Text or None
        How well the parameters fit, where that was measured.
    """

    shown: Text | str
    base: CRS | ChinaShift = field(repr=False)
    to_base: Step = field(repr=False)
    from_base: Step = field(repr=False)
    exact: bool = False
    quality: Text | None = None

    @property
    def is_projected(self) -> bool:
        """Whether the coordinates are plane ones."""
        return isinstance(self.base, CRS) and self.base.is_projected

    @property
    def is_geographic(self) -> bool:
        """Whether the coordinates are longitudes and latitudes."""
        return not self.is_projected


@dataclass(frozen=True, slots=True)
class Affine:
    """A plane affine map: ``x' = a·x + b·y + c``, ``y' = d·x + e·y + f``."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def __call__(self, x: ArrayLike, y: ArrayLike) -> tuple[Coordinates, Coordinates]:
        """Map coordinates."""
        xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        return self.a * xs + self.b * ys + self.c, self.d * xs + self.e * ys + self.f

    def inverse(self) -> Affine:
        """Return the map back."""
        determinant = self.a * self.e - self.b * self.d
        a, b = self.e / determinant, -self.b / determinant
        d, e = -self.d / determinant, self.a / determinant
        return Affine(a, b, -(a * self.c + b * self.f), d, e, -(d * self.c + e * self.f))


SWAPPED = Affine(0.0, 1.0, 0.0, 1.0, 0.0, 0.0)
"""Exchanges the two coordinates."""


def scaled(factor: float) -> Affine:
    """Return the map that multiplies both coordinates."""
    return Affine(factor, 0.0, 0.0, 0.0, factor, 0.0)
