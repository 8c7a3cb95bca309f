"""Bring a layer from its own coordinates to EPSG:4490, or say why that cannot be done."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.crs import (
    STORED,
    CrsRefused,
    System,
    crs_evidence,
    label,
    parse_crs,
    transform_geometries,
    transformer,
)
from gis.crs_names import horizontal
from gis.errors import FileProblem, UsageError
from gis.findings import Finding, Severity
from gis.gcj import ChinaShift
from gis.hypotheses import Bounds, bounds_of, fitting_systems
from gis.layer import ROW, RawLayer, SourceLayer
from gis.text import Text, t

# Zones are used beyond their edges by neighbouring districts, never so far.
_AREA_MARGIN_DEG = 5.0
# Deliveries round the edges of the world.
_WORLD = (-180.0001, -90.0001, 180.0001, 90.0001)


def georeference(raw: RawLayer, given: str | None, *, dataset: str) -> SourceLayer:
    """Transform a layer to EPSG:4490, longitude and latitude.

    Parameters
    ----------
    raw : RawLayer
        The layer as read.
    given : str, optional
        Reference system as a person declared it (``--crs``); beats what the source says.
    dataset : str
        Name put into findings.

    Returns
    -------
    SourceLayer
        Heights dropped, with a finding that says so.

    Raises
    ------
    UsageError
        ``given`` names no reference system.
    FileProblem
        F03: no reference system, or one that is not understood, with those the coordinates fit;
        F04: no exact way to EPSG:4490; F12: most coordinates are outside of any place the system is
        for.
    """
    system, origin = _system(raw, given)
    _check_convertible(system, raw, given)
    findings = [*raw.findings, *_dropped_dimensions(raw, dataset)]
    geometries = transform_geometries(raw.geometries, system)
    geometries, found = _check_places(raw, geometries, system, dataset)
    frame = gpd.GeoDataFrame(raw.frame, geometry=geometries, crs=STORED)
    return SourceLayer(
        raw.path,
        raw.name,
        frame,
        crs_evidence(system, origin),
        raw.encoding_evidence,
        findings + found,
    )


@lru_cache(maxsize=64)
def parse_stated(text: str) -> System:
    """Understand what a file says about its reference system.

    Raises
    ------
    UsageError
        It is no reference system: WKT that does not end where it should, or nothing PROJ knows. The
        message does not repeat the definition.
    """
    if "[" not in text:
        return parse_crs(text)
    if not _ends_with_its_last_bracket(text):
        raise UsageError(t("the definition does not end with its last bracket"))
    try:
        return horizontal(CRS.from_wkt(text))
    except CRSError as error:
        raise UsageError(t("the definition is not one of a coordinate system")) from error


def _system(raw: RawLayer, given: str | None) -> tuple[System, Text]:
    """Decide for the declared system, else for the stated one."""
    if given is not None:
        return parse_crs(given), _given_origin(raw, given)
    if raw.stated is None:
        raise _missing(raw, t("{path} does not say its coordinate system", path=raw.path))
    try:
        return parse_stated(raw.stated.text), raw.stated.where
    except UsageError as error:
        message = t(
            "{path}: what it says of its coordinate system is not understood: {reason}",
            path=raw.path,
            reason=error.message,
        )
        raise _missing(raw, message) from error


def _given_origin(raw: RawLayer, given: str) -> Text:
    """Say that a person declared the system, and what the file says otherwise."""
    if raw.stated is None:
        return t("as given")
    try:
        stated = parse_stated(raw.stated.text)
    except UsageError:
        return t("as given; what the file says is not understood")
    if label(stated) == label(parse_crs(given)):
        return t("as given, and {where}", where=raw.stated.where)
    return t("as given, although the file says {stated}", stated=label(stated) or t("something else"))


def _missing(raw: RawLayer, message: Text) -> FileProblem:
    return FileProblem(
        message,
        code="F03",
        field="--crs",
        value=raw.path,
        expected=fitting_systems(bounds_of(raw.geometries)),
        hint=t("Ask who made the data, and declare it with --crs"),
    )


def _check_convertible(system: System, raw: RawLayer, given: str | None) -> None:
    try:
        transformer(system)
    except CrsRefused as error:
        if given is not None:
            raise
        raise FileProblem(
            t("{path}: {reason}", path=raw.path, reason=error.message),
            code="F04",
            field="--crs",
            value=error.value,
            expected=error.expected,
            hint=error.hint,
        ) from error


def _dropped_dimensions(raw: RawLayer, dataset: str) -> list[Finding]:
    if not shapely.has_z(raw.geometries).any():
        return []
    message = t("{path} ({name}): heights are not kept", path=raw.path, name=raw.name)
    return [Finding("F11", Severity.INFO, dataset, message)]


def _check_places(
    raw: RawLayer,
    geometries: NDArray[np.object_],
    system: System,
    dataset: str,
) -> tuple[NDArray[np.object_], list[Finding]]:
    """Refuse a layer that lies where its system is not for; report single features that do."""
    present = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    if not present.any():
        return geometries, []
    bounds = shapely.bounds(geometries)
    impossible = present & (~_inside(bounds, _WORLD) | _is_non_finite(geometries))
    outside = present & ~_inside(bounds, _area(system))
    if outside.sum() * 2 > present.sum():
        raise _implausible(raw, system)
    geometries = geometries.copy()
    geometries[impossible] = None
    return geometries, [
        _misplaced(raw, int(position), bool(impossible[position]), system, dataset)
        for position in np.flatnonzero(outside | impossible)
    ]


def _inside(bounds: NDArray[np.float64], area: Bounds) -> NDArray[np.bool_]:
    """Tell which bounds lie in an area; those that are no numbers do not."""
    west, south, east, north = area
    with np.errstate(invalid="ignore"):
        low = (bounds[:, 0] >= west) & (bounds[:, 1] >= south)
        return np.asarray(low & (bounds[:, 2] <= east) & (bounds[:, 3] <= north))


def _is_non_finite(geometries: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Find geometries with an infinite or missing coordinate, which bounds leave out."""
    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    flags = np.zeros(len(geometries), dtype=bool)
    flags[owner[~np.isfinite(xy).all(axis=1)]] = True
    return flags


def _area(system: System) -> Bounds:
    """Tell where a system is for, longitude and latitude, with a wide margin."""
    if isinstance(system, ChinaShift):
        return _WORLD
    area = system.area_of_use
    if area is None and system.is_projected:
        code = label(system).split(" ")[0]
        area = CRS.from_user_input(code).area_of_use if code.startswith("EPSG:") else None
    if area is None or area.west > area.east:
        return _WORLD if system.is_geographic else _around_meridian(system)
    if system.is_geographic:
        return _WORLD
    m = _AREA_MARGIN_DEG
    return area.west - m, area.south - m, area.east + m, area.north + m


def _around_meridian(system: CRS) -> Bounds:
    """Tell where a system without a registered area is for: not far from its central meridian."""
    operation = system.coordinate_operation
    values = {} if operation is None else {param.name: param.value for param in operation.params}
    meridian = values.get("Longitude of natural origin")
    if meridian is None or operation is None or operation.method_name != "Transverse Mercator":
        return _WORLD
    return float(meridian) - 2 * _AREA_MARGIN_DEG, -90.0, float(meridian) + 2 * _AREA_MARGIN_DEG, 90.0


def _implausible(raw: RawLayer, system: System) -> FileProblem:
    return FileProblem(
        t(
            "{path}: the coordinates lie outside any place {crs} is for",
            path=raw.path,
            crs=label(system) or t("its coordinate system"),
        ),
        code="F12",
        field="--crs",
        value=label(system) or None,
        expected=fitting_systems(bounds_of(raw.geometries)),
        hint=t("Ask who made the data, and declare it with --crs"),
    )


def _misplaced(raw: RawLayer, position: int, impossible: bool, system: System, dataset: str) -> Finding:
    """Report one feature that lies elsewhere than the others, or nowhere."""
    row = int(raw.frame[ROW].iloc[position])
    x, y = (f"{value:g}" for value in shapely.get_coordinates(raw.geometries[position])[0])
    name = label(system) or t("its coordinate system")
    message = (
        t("The coordinates {x}, {y} are no place at all; the geometry is left out", x=x, y=y)
        if impossible
        else t("The coordinates {x}, {y} lie outside any place {crs} is for", x=x, y=y, crs=name)
    )
    return Finding("F12", Severity.WARNING, dataset, message, row=row, value=f"{x}, {y}")


def _ends_with_its_last_bracket(text: str) -> bool:
    """Tell whether WKT is one definition with nothing but blanks behind it."""
    depth, quoted = 0, False
    for position, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "[(":
            depth += 1
        elif not quoted and character in "])":
            depth -= 1
            if depth == 0:
                return not text[position + 1 :].strip()
    return False
