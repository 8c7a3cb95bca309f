"""Coordinate reference systems: naming them, and the way from one to another.

Stored is EPSG:4490 (CGCS2000), longitude then latitude; x comes before y everywhere. PROJ knows
only "ballpark" operations between CGCS2000 and anything based on WGS 84, so the two are taken as
equal by one explicit identity step beside exact projections. Every other operation PROJ calls
ballpark (Xian 1980, Beijing 1954, unknown datums) is refused: it would be wrong by tens of metres.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS
from pyproj.transformer import TransformerGroup

from gis.crs_names import (
    CrsRefused,
    System,
    gauss_kruger_zone_code,
    horizontal,
    identify,
    is_cgcs2000,
    label,
    parse_crs,
)
from gis.gcj import ChinaShift, from_shifted, to_shifted
from gis.geodesic import geodesic_area
from gis.local_system import Coordinates, LocalSystem, Step
from gis.text import Text, t

__all__ = [
    "STORED",
    "Conversion",
    "CrsRefused",
    "System",
    "crs_evidence",
    "gauss_kruger_zone_code",
    "geodesic_area",
    "identify",
    "is_cgcs2000",
    "label",
    "parse_crs",
    "transform_geometries",
    "transformer",
]

STORED = "EPSG:4490"

# Software without a name for Beijing 1954 calls it by the system it was derived from, Pulkovo 1942.
_OLD_CHINESE = re.compile(
    r"xi.?an[\s_]*(19)?80|(new[\s_]*)?beijing([\s_]*(19)?54)?|pulkovo[\s_]*1942|西安|北京", re.I
)
_DEGREE = np.pi / 180.0


@dataclass(frozen=True, slots=True)
class Conversion:
    """A way from one system to another; call it with x and y.

    Attributes
    ----------
    accuracy_m : float or None
        What PROJ states for the operations used, in metres: 0 for exact projections, ``None``
        where the source gives the parameters itself.
    operations : tuple of str
        Names of the datum operations used.
    """

    steps: tuple[Step, ...]
    accuracy_m: float | None
    operations: tuple[str, ...]

    def __call__(self, x: ArrayLike, y: ArrayLike) -> tuple[Coordinates, Coordinates]:
        """Convert; positions outside the domain of the projection become infinite."""
        xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        for step in self.steps:
            xs, ys = step(xs, ys)
        return xs, ys


def transformer(source: str | System, target: str | System = STORED) -> Conversion:
    """Find the way from one system to another.

    Parameters
    ----------
    source, target : str or System
        Names as for :func:`parse_crs`.

    Returns
    -------
    Conversion
        Called with x, y (longitude, latitude; easting, northing) of the source, it returns those
        of the target. Safe to share between threads.

    Raises
    ------
    CrsRefused
        PROJ has nothing better than a ballpark operation. It is a :class:`UsageError`.
    """
    return _conversion(_system(source), _system(target))


def transform_geometries(
    geometries: NDArray[np.object_], source: str | System, target: str | System = STORED
) -> NDArray[np.object_]:
    """Convert an array of geometries; heights are dropped, ``None`` stays ``None``.

    Coordinates outside the domain of a projection become infinite.
    """
    convert = transformer(source, target)

    def columns(xy: Coordinates) -> Coordinates:
        return np.column_stack(convert(xy[:, 0], xy[:, 1]))

    with np.errstate(invalid="ignore"):  # a height may be no number
        flat = shapely.force_2d(geometries)
    return np.asarray(shapely.transform(flat, columns), dtype=object)


def _system(given: str | System) -> System:
    if isinstance(given, ChinaShift | LocalSystem):
        return given
    return horizontal(given) if isinstance(given, CRS) else parse_crs(given)


@lru_cache(maxsize=256)
def _conversion(source: System, target: System) -> Conversion:
    """Chain the steps source -> longitude and latitude -> target."""
    if type(source) is type(target) and source == target:
        return Conversion((), 0.0, ())
    legs = [*_to_degrees(source), *_from_degrees(target)]
    accuracies = [leg.accuracy_m for leg in legs]
    known = [value for value in accuracies if value is not None]
    return Conversion(
        steps=tuple(step for leg in legs for step in leg.steps),
        accuracy_m=sum(known) if len(known) == len(accuracies) else None,
        operations=tuple(name for leg in legs for name in leg.operations),
    )


def _to_degrees(system: System) -> list[Conversion]:
    if isinstance(system, LocalSystem):
        accuracy = 0.0 if system.exact else None
        return [Conversion((system.to_base,), accuracy, ()), *_to_degrees(system.base)]
    if isinstance(system, ChinaShift):
        return [Conversion((lambda x, y: from_shifted(system, x, y),), 10.0, (str(system),))]
    hub = _hub(system)
    return [] if system == hub else [_leg(system, hub)]


def _from_degrees(system: System) -> list[Conversion]:
    if isinstance(system, LocalSystem):
        accuracy = 0.0 if system.exact else None
        return [*_from_degrees(system.base), Conversion((system.from_base,), accuracy, ())]
    if isinstance(system, ChinaShift):
        return [Conversion((lambda x, y: to_shifted(system, x, y),), 10.0, (str(system),))]
    hub = _hub(system)
    return [] if system == hub else [_leg(hub, system)]


def _hub(crs: CRS) -> CRS:
    """Pick the longitudes and latitudes that are taken as EPSG:4490 without a change.

    For CGCS2000 under whatever name these are the system's own, for all others WGS 84.
    """
    base = crs.geodetic_crs
    if is_cgcs2000(crs) and base is not None and _in_degrees_from_greenwich(base):
        return base
    return _wgs84()


def _in_degrees_from_greenwich(base: CRS) -> bool:
    meridian = base.prime_meridian
    return (
        base.is_geographic
        and (meridian is None or meridian.longitude == 0)
        and all(abs(axis.unit_conversion_factor - _DEGREE) < 1e-9 for axis in base.axis_info)
    )


def _leg(source: CRS, target: CRS) -> Conversion:
    """Let PROJ find one operation that is not ballpark."""
    for crs in (source, target):
        _refuse_old_chinese(crs)
    with warnings.catch_warnings():
        # PROJ warns when a better operation needs a grid that is not installed.
        warnings.simplefilter("ignore")
        try:
            group = TransformerGroup(source, target, always_xy=True, allow_ballpark=False)
        except IndexError as error:  # what pyproj makes of a projection that PROJ does not know
            raise _unknown_projection(source if source.is_projected else target) from error
    if not group.transformers:
        raise _refused(source if target in (_wgs84(), target.geodetic_crs) else target)
    best = group.transformers[0]
    # Built anew from its definition because members of a group are not safe across threads.
    pipeline = pyproj.Transformer.from_pipeline(best.definition)
    step: Step = pipeline.transform
    accuracy = None if best.accuracy < 0 else float(best.accuracy)
    return Conversion((step,), accuracy, (best.description,) if accuracy != 0 else ())


def _refuse_old_chinese(crs: CRS) -> None:
    """Refuse Xian 1980 and Beijing 1954, for which PROJ lists parameters of a few oil fields."""
    base = crs.geodetic_crs
    if crs.is_bound or base is None:
        return
    datum = "" if base.datum is None else base.datum.name
    if _OLD_CHINESE.search(base.name) or _OLD_CHINESE.search(datum):
        raise _refused(crs)


def _refused(crs: CRS) -> CrsRefused:
    return CrsRefused(
        t(
            "{crs} cannot be converted to CGCS2000 exactly: PROJ knows only a ballpark operation, "
            "wrong by tens of metres or more",
            crs=label(crs) or t("This system"),
        ),
        field="crs",
        value=label(crs) or None,
        expected=t("a system based on CGCS2000 or WGS 84, or one with a published transformation"),
        hint=t(
            "Have the survey office convert the data to CGCS2000, or describe its parameters in a file "
            "(--crs FILE.toml)"
        ),
    )


def _unknown_projection(crs: CRS) -> CrsRefused:
    operation = crs.coordinate_operation
    method = label(crs) if operation is None else operation.method_name
    return CrsRefused(
        t(
            "{crs} cannot be converted: PROJ does not know its projection, {method}",
            crs=crs.name,
            method=method,
        ),
        field="crs",
        value=crs.name,
        hint=t("Say with --crs which system it is"),
    )


@lru_cache(maxsize=1)
def _wgs84() -> CRS:
    return CRS.from_epsg(4326)


def crs_evidence(system: System, origin: Text) -> Text:
    """Say what a system is, where that is known from, and how exact the conversion is."""
    conversion = transformer(system)
    name = label(system) or t("a system of its own")
    if conversion.accuracy_m == 0:
        return t("{crs}: {origin}", crs=name, origin=origin)
    if isinstance(system, LocalSystem) and system.quality is not None:
        return t("{crs}: {origin}; {quality}", crs=name, origin=origin, quality=system.quality)
    if conversion.accuracy_m is None:
        return t("{crs}: {origin}; converted with the parameters it declares", crs=name, origin=origin)
    return t(
        "{crs}: {origin}; converted to CGCS2000 to about {accuracy} m",
        crs=name,
        origin=origin,
        accuracy=f"{conversion.accuracy_m:g}",
    )
