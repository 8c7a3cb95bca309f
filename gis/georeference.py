"""Bring a layer from its own coordinates to EPSG:4490, or say why that cannot be done."""

from __future__ import annotations

from pyproj import CRS

from gis.crs import (
    CrsRefused,
    System,
    crs_evidence,
    label,
    transformer,
)
from gis.crs_names import parse_definition
from gis.declared_crs import declared_name
from gis.errors import FileProblem, UsageError
from gis.findings import Finding, Severity
from gis.gcj import ChinaShift
from gis.ground import Ground
from gis.layer import RawLayer, SourceLayer
from gis.local_system import LocalSystem
from gis.placement import ASK, check_ground, check_places, fitting
from gis.text import Text, t


def georeference(
    raw: RawLayer, given: str | System | None, *, dataset: str, ground: Ground | None = None
) -> SourceLayer:
    """Transform a layer to EPSG:4490, longitude and latitude.

    Parameters
    ----------
    raw : RawLayer
        The layer as read.
    given : str or System, optional
        Reference system as a person declared it (``--crs``, see :func:`gis.declared_crs.declared_name`);
        beats what the source says.
    dataset : str
        Name put into findings.
    ground : Ground, optional
        What the registry covers. A layer that lies elsewhere is held against other systems, and refused
        when it falls on the ground with one of them.

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
        for, or away from the ground and on it with another system.
    """
    system, origin = _system(raw, given, ground)
    _check_convertible(system, raw, given)
    findings = [*raw.findings, *_dropped_dimensions(raw, dataset)]
    places = raw.table.places.moved(transformer(system))
    places, found = check_places(raw, places, system, dataset, ground)
    if ground is not None:
        found += check_ground(raw, places, system, ground, dataset)
    return SourceLayer(
        raw.path,
        raw.name,
        raw.table.with_places(places),
        crs_evidence(system, origin),
        raw.encoding_evidence,
        findings + found,
    )


def _system(raw: RawLayer, given: str | System | None, ground: Ground | None) -> tuple[System, Text]:
    """Decide for the declared system, else for the stated one."""
    if given is not None:
        system = declared_system(given)
        return system, _given_origin(raw, system)
    if raw.stated is None:
        raise _missing(raw, t("{path} does not say its coordinate system", path=raw.path), ground)
    try:
        return parse_definition(raw.stated.text), raw.stated.where
    except UsageError as error:
        message = t(
            "{path}: what it says of its coordinate system is not understood: {reason}",
            path=raw.path,
            reason=error.message,
        )
        raise _missing(raw, message, ground) from error


def declared_system(given: str | System) -> System:
    """Return a system a person declared, by name or as one."""
    if isinstance(given, CRS | ChinaShift | LocalSystem):
        return given
    return declared_name(given)


def _given_origin(raw: RawLayer, given: System) -> Text:
    """Say that a person declared the system, and what the file says otherwise."""
    if raw.stated is None:
        return t("as given")
    try:
        stated = parse_definition(raw.stated.text)
    except UsageError:
        return t("as given; what the file says is not understood")
    if label(stated) == label(given):
        return t("as given, and {where}", where=raw.stated.where)
    return t("as given, although the file says {stated}", stated=label(stated) or t("something else"))


def _missing(raw: RawLayer, message: Text, ground: Ground | None) -> FileProblem:
    return FileProblem(
        message,
        code="F03",
        field="--crs",
        value=raw.path,
        expected=fitting(raw, ground),
        hint=ASK,
    )


def _check_convertible(system: System, raw: RawLayer, given: str | System | None) -> None:
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
    if not raw.table.places.have_heights():
        return []
    message = t("{path} ({name}): heights are not kept", path=raw.path, name=raw.name)
    return [Finding("F11", Severity.INFO, dataset, message)]
