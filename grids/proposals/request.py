"""What a division is made of: communities, what borders should follow or spare, and what is wanted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.text import Text
from grids.proposals.plane import Geometries
from grids.proposals.profile import Profile, load_profile


def no_geometries() -> Geometries:
    """Return an array of no geometries."""
    return np.array([], dtype=object)


@dataclass(frozen=True, slots=True)
class Communities:
    """Communities to be divided.

    Attributes
    ----------
    codes : ndarray of str
        Each once; 12 digits, or of a city's own form.
    names : ndarray of str or None
    geometries : ndarray of Polygon or MultiPolygon
        EPSG:4490, longitude and latitude; valid, no two over the same ground.
    """

    codes: NDArray[np.object_]
    names: NDArray[np.object_]
    geometries: Geometries

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, which: NDArray[np.bool_]) -> Communities:
        """Return some of the communities."""
        return Communities(self.codes[which], self.names[which], self.geometries[which])

    def label(self, at: int) -> str:
        """Name a community for people: code and name."""
        name = self.names[at]
        return str(self.codes[at]) if name is None else f"{self.codes[at]} {name}"


@dataclass(frozen=True, slots=True)
class Request:
    """A division to be proposed. All geometries in EPSG:4490, longitude and latitude.

    Attributes
    ----------
    communities : Communities
    roads : ndarray of lines
        Centre lines.
    main_roads : ndarray of bool
        Which of them are main roads, see :mod:`grids.proposals.road_classes`; by default none.
    water : ndarray of lines or polygons
        Rivers and canals as lines, water surfaces as polygons, whose outlines are banks.
    buildings, compounds : ndarray of polygons
        Are not cut (独立院落 with what stands in them).
    components : ndarray of Point
        Their number should be even.
    profile : Profile
        Wanted sizes.
    used : mapping of str to collection of int
        Numbers that grids of a community have or had.
    notes : list of Text
        What was noticed on the way here.
    """

    communities: Communities
    roads: Geometries = field(default_factory=no_geometries)
    water: Geometries = field(default_factory=no_geometries)
    buildings: Geometries = field(default_factory=no_geometries)
    compounds: Geometries = field(default_factory=no_geometries)
    components: Geometries = field(default_factory=no_geometries)
    profile: Profile = field(default_factory=lambda: load_profile(None))
    main_roads: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    used: Mapping[str, Collection[int]] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)

    @property
    def lines(self) -> Geometries:
        """Roads, rivers and banks."""
        banks = self.water.copy()
        areal = shapely.get_dimensions(banks) == 2
        banks[areal] = shapely.boundary(banks[areal])
        return np.concatenate([self.roads, banks])
