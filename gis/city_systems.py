"""A city's own coordinate system, described in a TOML file that stays out of the registry.

::

    name = "..."              # shown to people
    # one of the four:
    definition = "+proj=..."  # a PROJ string or WKT
    [projection]              # Gauss-Krüger with the city's own numbers
    [similarity]              # four parameters into the plane of a known system
    [control_points]          # places known in both, from which the four are estimated

With ``[projection]`` may stand ``[helmert]``, seven parameters from its datum to CGCS2000. Every key gives
its unit in its name; docs/reading.md describes them with their signs. The parameters are restricted: no
message repeats one.
"""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import pyproj
from pyproj import CRS

from gis.city_tables import Section, refused
from gis.control_points import described, estimate
from gis.control_tables import control_points
from gis.crs_names import parse_crs, parse_definition
from gis.errors import UsageError
from gis.local_system import Affine, LocalSystem, Step
from gis.text import Text, t

_KINDS = ("definition", "projection", "similarity", "control_points")
#: Semi-major axis in metres and inverse flattening.
ELLIPSOIDS = {
    "CGCS2000": (6378137.0, 298.257222101),
    "GRS80": (6378137.0, 298.257222101),
    "WGS84": (6378137.0, 298.257223563),
    "Krassovsky": (6378245.0, 298.3),
    "IAG75": (6378140.0, 298.257),
}
_OF_CGCS2000 = ("CGCS2000", "GRS80", "WGS84")
_ROTATIONS = {"rotation_deg": 1.0, "rotation_arcsec": 1.0 / 3600.0, "rotation_rad": 180.0 / math.pi}
_CONVENTIONS = ("position_vector", "coordinate_frame")
#: Largest residual of a control point that is accepted when the file states no other, metres.
LIMIT_M = 0.05
_MOST_BYTES = 1 << 20


def read_city_system(path: Path) -> LocalSystem:
    """Read the description of a city's own system.

    Parameters
    ----------
    path : pathlib.Path
        A TOML file, see docs/reading.md.

    Returns
    -------
    LocalSystem
        Coordinates are easting, northing in metres.

    Raises
    ------
    UsageError
        The file is no TOML, says too little, too much, or something that is no parameter.
    DataRefused
        The control points do not fit, see :func:`gis.control_points.estimate`.
    """
    document = _parsed(path)
    whole = Section(path.name, "", document)
    kinds = [kind for kind in _KINDS if kind in document]
    if len(kinds) != 1:
        expected = t("exactly one of {kinds}", kinds=", ".join(_KINDS))
        raise refused(path.name, ", ".join(kinds) or t("nothing"), expected)
    whole.only("name", *kinds, *(("helmert",) if kinds == ["projection"] else ()))
    name = whole.text("name")
    if kinds == ["definition"]:
        return _defined(whole, name)
    section = whole.section(kinds[0])
    if kinds == ["projection"]:
        return _projected(whole, section, name)
    return _similar(section, name) if kinds == ["similarity"] else _estimated(section, name, path.parent)


def _parsed(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        raw = stream.read(_MOST_BYTES)
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # The message of the parser would repeat a line of the file.
        raise refused(path.name, t("not a TOML file in UTF-8"), t("a TOML file")) from error


def _defined(whole: Section, name: str) -> LocalSystem:
    try:
        base = parse_definition(whole.text("definition"))
    except UsageError as error:
        raise refused(whole.shown("definition"), error.message, t("a PROJ string or WKT")) from error
    unchanged = Affine(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    return LocalSystem(name, base, unchanged, unchanged)


def _projected(whole: Section, section: Section, name: str) -> LocalSystem:
    """Build a Gauss-Krüger plane with own numbers, and the way from its datum to CGCS2000."""
    section.only(
        "central_meridian_deg", "latitude_of_origin_deg", "scale", "false_easting_m", "false_northing_m",
        "height_m", "ellipsoid",
    )  # fmt: skip
    ellipsoid = section.choice("ellipsoid", tuple(ELLIPSOIDS), default="CGCS2000")
    shift = whole.section("helmert") if "helmert" in whole.values else None
    if shift is None and ellipsoid not in _OF_CGCS2000:
        raise refused(
            section.shown("ellipsoid"), ellipsoid, t("a [helmert] section with it: it is of another datum")
        )
    steps = [_projection(section, *ELLIPSOIDS[ellipsoid])]
    if shift is not None:
        steps += _helmert(shift, ELLIPSOIDS[ellipsoid])
    pipeline = pyproj.Transformer.from_pipeline(
        "+proj=pipeline " + " ".join(f"+step {step}" for step in [*steps, _TO_DEGREES])
    )
    return LocalSystem(name, CRS.from_epsg(4490), _step(pipeline, "FORWARD"), _step(pipeline, "INVERSE"))


_TO_DEGREES = "+proj=unitconvert +xy_in=rad +xy_out=deg"


def _projection(section: Section, semi_major: float, inverse_flattening: float) -> str:
    """Write the way from the plane to longitude and latitude on the raised ellipsoid."""
    raised = semi_major + section.number("height_m", -500.0, 9000.0, default=0.0)
    numbers = {
        "lon_0": section.number("central_meridian_deg", 60.0, 150.0),
        "lat_0": section.number("latitude_of_origin_deg", -90.0, 90.0, default=0.0),
        "k": section.number("scale", 0.99, 1.01, default=1.0),
        "x_0": section.number("false_easting_m", -1e8, 1e8, default=500_000.0),
        "y_0": section.number("false_northing_m", -1e8, 1e8, default=0.0),
        "a": raised,
        "rf": inverse_flattening,
    }
    return "+inv +proj=tmerc " + " ".join(f"+{key}={value!r}" for key, value in numbers.items())


def _helmert(section: Section, ellipsoid: tuple[float, float]) -> list[str]:
    """Write the seven parameters, from the datum of the city to CGCS2000, heights taken as zero."""
    keys = ("dx_m", "dy_m", "dz_m", "rx_arcsec", "ry_arcsec", "rz_arcsec", "scale_ppm")
    section.only(*keys, "convention")
    x, y, z = (section.number(key, -10_000.0, 10_000.0) for key in keys[:3])
    rx, ry, rz = (section.number(key, -60.0, 60.0) for key in keys[3:6])
    ppm = section.number("scale_ppm", -1_000.0, 1_000.0)
    convention = section.choice("convention", _CONVENTIONS)
    major, flattening = ellipsoid
    own = f"+a={major!r} +rf={flattening!r}"
    numbers = f"+x={x!r} +y={y!r} +z={z!r} +rx={rx!r} +ry={ry!r} +rz={rz!r} +s={ppm!r}"
    return [
        f"+proj=cart {own}",
        f"+proj=helmert {numbers} +convention={convention}",
        "+inv +proj=cart +ellps=GRS80",
    ]


def _step(pipeline: pyproj.Transformer, direction: str) -> Step:
    def step(x: Any, y: Any) -> Any:
        return pipeline.transform(x, y, direction=direction)

    return step


def _similar(section: Section, name: str) -> LocalSystem:
    """Build the step of four parameters.

    ``E' = shift_east + m·(cos r·E - sin r·N)``, ``N' = shift_north + m·(sin r·E + cos r·N)``, r being
    counter-clockwise.
    """
    rotations = [key for key in _ROTATIONS if key in section.values]
    scales = [key for key in ("scale", "scale_ppm") if key in section.values]
    section.only("target", "shift_east_m", "shift_north_m", *_ROTATIONS, "scale", "scale_ppm")
    if len(rotations) != 1 or len(scales) != 1:
        keys = ", ".join([*rotations, *scales]) or t("nothing")
        expected = t("one of {rotations} and one of scale, scale_ppm", rotations=", ".join(_ROTATIONS))
        raise refused(section.shown("similarity"), keys, expected)
    degrees = _ROTATIONS[rotations[0]]
    angle = math.radians(section.number(rotations[0], -360.0 / degrees, 360.0 / degrees) * degrees)
    if scales == ["scale"]:
        scale = section.number("scale", 0.9, 1.1)
    else:
        scale = 1.0 + section.number("scale_ppm", -100_000.0, 100_000.0) * 1e-6
    a, b = scale * math.cos(angle), scale * math.sin(angle)
    east = section.number("shift_east_m", -1e8, 1e8)
    north = section.number("shift_north_m", -1e8, 1e8)
    return _into_plane(Affine(a, -b, east, b, a, north), section, name)


def _estimated(section: Section, name: str, folder: Path) -> LocalSystem:
    section.only("target", "limit_m", "file", "points")
    limit = section.number("limit_m", 0.001, 10.0, default=LIMIT_M)
    points = control_points(section, folder)
    fit = estimate(points, limit_m=limit)
    return _into_plane(fit.similarity, section, name, described(fit, points))


def _into_plane(step: Affine, section: Section, name: str, quality: Text | None = None) -> LocalSystem:
    target = section.text("target")
    try:
        base = parse_crs(target)
    except UsageError as error:
        raise refused(
            section.shown("target"), error.message, t("a plane system such as EPSG:4545")
        ) from error
    if not isinstance(base, CRS) or not base.is_projected:
        raise refused(section.shown("target"), target, t("a plane system such as EPSG:4545"))
    return LocalSystem(name, base, step, step.inverse(), quality=quality)
