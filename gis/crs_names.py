"""Names of coordinate reference systems: understanding them and giving them.

The parameters of a city's own system are restricted: no message and no label repeats them.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.errors import UsageError
from gis.gcj import ChinaShift
from gis.local_system import LocalSystem
from gis.text import t

Named = CRS | ChinaShift
System = Named | LocalSystem

_SHIFTED_NAMES = {
    "gcj02": ChinaShift.GCJ02,
    "gcj02ll": ChinaShift.GCJ02,
    "火星坐标": ChinaShift.GCJ02,
    "火星坐标系": ChinaShift.GCJ02,
    "bd09": ChinaShift.BD09LL,
    "bd09ll": ChinaShift.BD09LL,
    "百度坐标": ChinaShift.BD09LL,
    "百度坐标系": ChinaShift.BD09LL,
}
_CHINA_2000 = re.compile(r"cgcs\W*_*2000|china[\s_]*(geodetic[\s_]*coordinate[\s_]*system[\s_]*)?2000", re.I)
_VERTICAL = re.compile(r"\s*,\s*VERT_?CS\[[^\0]*\]\s*", re.I)
# What a person can have meant as a name; anything else may be a definition, which is not repeated.
_NAME = re.compile(r"[\w:./ \-()（）]{1,60}")


class CrsRefused(UsageError):
    """There is no way between two systems that is known to be right."""


@lru_cache(maxsize=256)
def parse_crs(text: str) -> Named:
    """Understand the name of a reference system.

    Parameters
    ----------
    text : str
        ``EPSG:4524``, ``4524``, ``CRS84``, an OGC URN or URL, WKT or a PROJ string; ``GCJ02`` and
        ``BD09LL`` for the shifted systems of internet maps.

    Returns
    -------
    pyproj.CRS or ChinaShift

    Raises
    ------
    UsageError
        Nothing is known under that name. Definitions are not repeated in the message: the
        parameters of a city's own system are restricted.
    """
    name = text.strip()
    plain = re.sub(r"[\s_\-]", "", name).lower()
    if plain in _SHIFTED_NAMES:
        return _SHIFTED_NAMES[plain]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = CRS.from_user_input("OGC:CRS84" if plain == "crs84" else name)
    except CRSError as error:
        raise _unknown(name) from error
    return horizontal(parsed)


@lru_cache(maxsize=64)
def parse_definition(text: str) -> Named:
    """Understand what a file says about its reference system: WKT as in a ``.prj``, or a name.

    Parameters
    ----------
    text : str
        A vertical system behind the horizontal one, as Esri's software writes it, is left out.

    Raises
    ------
    UsageError
        It is no reference system: WKT that does not end where it should, or nothing PROJ knows. The
        message does not repeat the definition.
    """
    if "[" not in text:
        return parse_crs(text)
    end = _end_of_first_definition(text)
    if end is None or (text[end:].strip() and not _VERTICAL.fullmatch(text[end:])):
        raise UsageError(t("the definition does not end with its last bracket"))
    try:
        return horizontal(CRS.from_wkt(text[:end]))
    except CRSError as error:
        raise UsageError(t("the definition is not one of a coordinate system")) from error


def _end_of_first_definition(text: str) -> int | None:
    """Find where the first definition of WKT ends; ``None`` when it does not."""
    depth, quoted = 0, False
    for position, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "[(":
            depth += 1
        elif not quoted and character in "])":
            depth -= 1
            if depth == 0:
                return position + 1
    return None


def horizontal(crs: CRS) -> CRS:
    """Drop the height from a reference system, and refuse what has no horizontal part."""
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    if not crs.is_bound and len(crs.axis_info) == 3 and not crs.is_geocentric:
        crs = crs.to_2d()
    if not (crs.is_geographic or crs.is_projected):
        raise CrsRefused(
            t("{crs} gives neither longitude and latitude nor plane coordinates", crs=crs.name),
            field="crs",
            value=crs.name,
        )
    return crs


def label(system: System) -> str:
    """Name a system for people, without its parameters."""
    if not isinstance(system, CRS):
        return str(system.shown if isinstance(system, LocalSystem) else system)
    code = identify(system)
    if code is None:
        return "" if system.name.lower() in ("", "unknown", "unnamed", "undefined") else system.name
    return f"{code} ({_name_of(code)})"


@lru_cache(maxsize=256)
def identify(crs: CRS) -> str | None:
    """Find the registered code of a system, such as ``EPSG:4524``.

    Gauss-Krüger systems on CGCS2000 are recognised by their parameters (central meridian, false
    easting, ellipsoid): software writes them under many names.
    """
    code = _gauss_kruger_code(crs)
    if code is not None:
        return f"EPSG:{code}"
    authority = crs.to_authority(min_confidence=70)
    return None if authority is None else ":".join(authority)


def is_cgcs2000(crs: CRS) -> bool:
    """Tell whether a system is based on CGCS2000, under any of the names in use."""
    base = crs.geodetic_crs
    if base is None or base.ellipsoid is None or crs.is_bound:
        return False
    datum = "" if base.datum is None else base.datum.name
    named = any(_CHINA_2000.search(name) for name in (base.name, datum, base.ellipsoid.name))
    ellipsoid = base.ellipsoid
    return named and (
        abs(ellipsoid.semi_major_metre - 6378137.0) < 1e-3
        and abs(ellipsoid.inverse_flattening - 298.257222101) < 1e-6
    )


def _unknown(name: str) -> UsageError:
    shown = name if _NAME.fullmatch(name) else t("(a definition of {n} characters)", n=len(name))
    return UsageError(
        t("Unknown coordinate reference system {value}", value=shown),
        field="crs",
        value=str(shown),
        expected=t("an EPSG code such as EPSG:4490 or EPSG:4524, CRS84, GCJ02, BD09LL, WKT or a PROJ string"),
    )


def _gauss_kruger_code(crs: CRS) -> int | None:
    """Match the Gauss-Krüger zones of CGCS2000 by parameters (EPSG 4491-4554)."""
    operation = crs.coordinate_operation
    if not crs.is_projected or operation is None or not is_cgcs2000(crs):
        return None
    if operation.method_name not in ("Transverse Mercator", "Gauss-Kruger", "Gauss_Kruger"):
        return None
    if any(axis.unit_conversion_factor != 1 for axis in crs.axis_info):
        return None
    values = {param.name: float(param.value) for param in operation.params}
    fixed = {
        "Latitude of natural origin": 0.0,
        "Scale factor at natural origin": 1.0,
        "False northing": 0.0,
    }
    if any(abs(values.get(name, np.nan) - value) > 1e-9 for name, value in fixed.items()):
        return None
    meridian = values.get("Longitude of natural origin", np.nan)
    return gauss_kruger_zone_code(meridian, values.get("False easting", np.nan))


def gauss_kruger_zone_code(meridian: float, false_easting: float) -> int | None:
    """Look up the EPSG code of a CGCS2000 Gauss-Krüger zone.

    Parameters
    ----------
    meridian : float
        Central meridian, degrees.
    false_easting : float
        Metres: 500 000, or with the zone number in front.

    Returns
    -------
    int or None
        4513-4554 (3 degrees) or 4491-4501 (6 degrees, with zone number). The 6-degree systems
        without zone number equal the 3-degree ones of the same meridian, whose code is returned.
    """
    three, six = meridian / 3, (meridian + 3) / 6
    if three.is_integer() and 25 <= three <= 45:
        if abs(false_easting - 500_000) < 1e-3:
            return 4534 + int(three) - 25
        if abs(false_easting - three * 1_000_000 - 500_000) < 1e-3:
            return 4513 + int(three) - 25
    if six.is_integer() and 13 <= six <= 23 and abs(false_easting - six * 1_000_000 - 500_000) < 1e-3:
        return 4491 + int(six) - 13
    return None


@lru_cache(maxsize=256)
def _name_of(code: str) -> str:
    return CRS.from_user_input(code).name
