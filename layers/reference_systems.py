"""The coordinate systems answers are given in, with the axis order their authority defines.

OGC API - Features Part 2 (18-058r1): coordinates go in the order of the CRS definition. EPSG:4490
and EPSG:4326 put latitude first, the Gauss-Krueger systems of CGCS2000 X, which is the northing;
CRS84 and EPSG:3857 put longitude or easting first. Inside, x is always longitude or easting.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

from pyproj import CRS

from gis.errors import UsageError
from gis.text import t

Bounds = tuple[float, float, float, float]
"""min x, min y, max x, max y; x is longitude or easting."""

_BASE = "http://www.opengis.net/def/crs"
_FORMS = (
    re.compile(r"https?://www\.opengis\.net/def/crs/(?P<authority>OGC|EPSG)/[0-9.]+/(?P<code>\w+)"),
    re.compile(r"urn:ogc:def:crs:(?P<authority>OGC|EPSG):[0-9.]*:(?P<code>\w+)"),
    re.compile(r"\[?(?P<authority>OGC|EPSG):(?P<code>\w+)\]?"),
)

#: CGCS2000 3-degree Gauss-Krueger, zones 25 to 45: with the zone number in the easting, and without.
_ZONED, _UNZONED, _FIRST_ZONE, _LAST_ZONE = 4513, 4534, 25, 45


@dataclass(frozen=True, slots=True)
class ReferenceSystem:
    """One coordinate system of answers and of ``bbox``.

    Attributes
    ----------
    uri : str
        How OGC API names it.
    srid : int
        EPSG code; 4326 for CRS84, which differs in axis order alone.
    north_first : bool
        Whether the authority puts latitude or northing first.
    geographic : bool
        Degrees rather than metres.
    """

    uri: str
    srid: int
    north_first: bool
    geographic: bool

    @property
    def decimals(self) -> int:
        """Decimals of a coordinate: about 0.1 mm either way."""
        return 9 if self.geographic else 4

    @property
    def is_stored(self) -> bool:
        """Whether its numbers are the stored ones: CGCS2000, and WGS 84 by identity."""
        return self.geographic


@cache
def _of_epsg(srid: int) -> ReferenceSystem:
    definition = CRS.from_epsg(srid)
    north_first = definition.axis_info[0].direction.lower() == "north"
    return ReferenceSystem(f"{_BASE}/EPSG/0/{srid}", srid, north_first, definition.is_geographic)


CRS84 = ReferenceSystem(f"{_BASE}/OGC/1.3/CRS84", 4326, north_first=False, geographic=True)
STORAGE = _of_epsg(4490)

_EVERYWHERE = (CRS84, STORAGE, _of_epsg(4326), _of_epsg(3857))


def reference_system(text: str, *, field: str = "crs") -> ReferenceSystem:
    """Return the coordinate system somebody names.

    Parameters
    ----------
    text : str
        URI (``http://www.opengis.net/def/crs/EPSG/0/4524``), URN, or ``EPSG:4524``, also in
        square brackets.
    field : str
        Parameter to name in the error.

    Returns
    -------
    ReferenceSystem

    Raises
    ------
    UsageError
        If the text is not understood or the system not one of ours.
    """
    for form in _FORMS:
        match = form.fullmatch(text.strip())
        if match:
            found = _known(match["authority"], match["code"])
            if found:
                return found
    raise UsageError(
        t("{value} is not a coordinate system this server knows", value=text),
        field=field,
        value=text,
        expected=t("CRS84, EPSG:4490, 4326, 3857 or 4513 to 4554, as a URI"),
    )


def systems_for(extent: Bounds | None) -> tuple[ReferenceSystem, ...]:
    """Return the coordinate systems to offer for data that lies somewhere.

    Parameters
    ----------
    extent : Bounds or None
        Longitude and latitude, EPSG:4490; ``None`` when there is no data.

    Returns
    -------
    tuple of ReferenceSystem
        Those of the whole world, and the Gauss-Krueger zones the data touch with their
        neighbours, as a city keeps to one zone even where it reaches into the next.
    """
    zones = range(_FIRST_ZONE, _LAST_ZONE + 1)
    if extent is not None:
        first, last = _zone(extent[0]) - 1, _zone(extent[2]) + 1
        zones = range(max(first, _FIRST_ZONE), min(last, _LAST_ZONE) + 1)
    zoned = [_of_epsg(_ZONED + zone - _FIRST_ZONE) for zone in zones]
    unzoned = [_of_epsg(_UNZONED + zone - _FIRST_ZONE) for zone in zones]
    return (*_EVERYWHERE, *zoned, *unzoned)


def _known(authority: str, code: str) -> ReferenceSystem | None:
    if authority == "OGC":
        return CRS84 if code == "CRS84" else None
    if not code.isdecimal():
        return None
    srid = int(code)
    zoned = _ZONED <= srid <= _UNZONED + _LAST_ZONE - _FIRST_ZONE
    return _of_epsg(srid) if zoned or srid in (4490, 4326, 3857) else None


def _zone(longitude: float) -> int:
    """Return the 3-degree zone a meridian lies in."""
    return math.floor((longitude + 1.5) / 3)
