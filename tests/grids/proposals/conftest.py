"""Made-up ground for tests of proposals: metres around a place, brought to longitude and latitude."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from grids.proposals.plane import Plane
from grids.proposals.profile import Profile, load_profile
from grids.proposals.proposals import Proposals, propose
from grids.proposals.request import Communities, Request

STREET = "500113001"


class Ground:
    """Makes requests of shapes in metres, and gives proposals back in metres."""

    plane = Plane(106.55, 29.56)

    @staticmethod
    def array(geometries: Iterable[BaseGeometry | None]) -> np.ndarray:
        return np.array([*geometries, None], dtype=object)[:-1]

    def lonlat(self, geometries: Iterable[BaseGeometry]) -> np.ndarray:
        return np.asarray(shapely.transform(self.array(geometries), self.plane.to_degrees), dtype=object)

    def communities(self, *polygons: BaseGeometry, codes: Sequence[str] | None = None) -> Communities:
        codes = codes or [f"{STREET}{number:03d}" for number in range(1, len(polygons) + 1)]
        names = [f"第{number}社区" for number in range(1, len(polygons) + 1)]
        return Communities(self.array(codes), self.array(names), self.lonlat(polygons))

    def request(
        self,
        *polygons: BaseGeometry,
        profile: Profile | str | None = "ordinary",
        codes: Sequence[str] | None = None,
        used: dict[str, set[int]] | None = None,
        **layers: Iterable[BaseGeometry],
    ) -> Request:
        chosen = profile if isinstance(profile, Profile) else load_profile(profile)
        placed: dict[str, Any] = {name: self.lonlat(shapes) for name, shapes in layers.items()}
        return Request(self.communities(*polygons, codes=codes), profile=chosen, used=used or {}, **placed)

    def proposed(self, *polygons: BaseGeometry, **given: Any) -> Proposals:
        return propose(self.request(*polygons, **given), lambda *_: None)

    def metres(self, proposals: Proposals) -> np.ndarray:
        """Return the proposals as stored, in metres, without any rounding."""
        scaled = shapely.transform(
            proposals.division.degrees, lambda xy: (xy - self.plane.origin) * self.plane.metres_per_degree
        )
        return np.asarray(scaled, dtype=object)


@pytest.fixture(scope="session")
def ground() -> Ground:
    """Return the made-up ground."""
    return Ground()
