"""A piece of ground on its way to become grids, and what weighs on it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.proposals.plane import Coordinates, Geometries

COMPONENT_SHARE = 0.6
"""How much even numbers of components count beside even sizes."""

_SAMPLED = 2_000


@dataclass(frozen=True, slots=True)
class Load:
    """What a grid carries, in m²: its ground, and its components turned into ground.

    Over a whole part of a community the load is its area, so sizes that are wanted stay comparable: where
    components are dense, grids come out smaller, within their range.

    Attributes
    ----------
    ground : float
        What a square metre counts.
    component_m2 : float
        What a component counts.
    """

    ground: float = 1.0
    component_m2: float = 0.0

    @classmethod
    def over(cls, area: float, components: int) -> Load:
        """Weigh the ground of a part of a community against the components in it."""
        if not components:
            return cls()
        return cls(1 - COMPONENT_SHARE, COMPONENT_SHARE * area / components)

    def of(self, area: NDArray[np.float64], components: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return loads of pieces of some sizes with some numbers of components."""
        return np.asarray(self.ground * area + self.component_m2 * components)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of ground.

    Attributes
    ----------
    polygon : Polygon
        On the lattice.
    obstacles : ndarray of Polygon
        Buildings and compounds wholly inside it.
    points : ndarray of float
        Components inside it, shape (n, 2).
    network : ndarray of LineString
        Roads and banks inside it or on its outline.
    load : Load
        How ground and components are weighed, the same in a whole part of a community.
    """

    polygon: shapely.Polygon
    obstacles: Geometries
    points: Coordinates
    network: Geometries
    load: Load = field(default_factory=Load)

    @property
    def total_load(self) -> float:
        """Load of the whole piece."""
        return self.load.ground * self.polygon.area + self.load.component_m2 * len(self.points)

    def sample(self) -> tuple[Coordinates, float]:
        """Return some of the components, enough to rate a cut, and how many each stands for."""
        step = max(1, len(self.points) // _SAMPLED)
        some = self.points[::step]
        return some, len(self.points) / max(len(some), 1)

    def loads(self, parts: Geometries) -> NDArray[np.float64]:
        """Estimate the load of each of the parts that this piece was cut into."""
        some, weight = self.sample()
        counts = np.zeros(len(parts))
        if len(some) and self.load.component_m2:
            shapely.prepare(parts)
            inside = shapely.intersects_xy(parts[:, None], some[None, :, 0], some[None, :, 1])
            counts = inside.sum(axis=1) * weight
        return self.load.of(shapely.area(parts), counts)
