"""Read what surveyors deliver: folders, archives, shapefiles, GeoPackages, GeoJSON and tables."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from gis.archives import Budget
from gis.crs import System
from gis.delivery import Delivery, Item, gather
from gis.drawing import read_drawing
from gis.errors import FileProblem
from gis.findings import Finding, Report, Severity
from gis.formats import SPATIAL, TABLES, Kind
from gis.geodatabase import read_geodatabase
from gis.georeference import declared_system, georeference
from gis.ground import Ground
from gis.kml import read_kml
from gis.layer import ROW, RawLayer, SourceLayer
from gis.mapinfo import read_interchange, read_mapinfo
from gis.points import has_coordinates, read_points
from gis.shapefile import read_shapefile
from gis.sheet import Sheet
from gis.tables import read_table
from gis.text import t
from gis.vector import looks_like_geojson, read_geojson, read_geopackage

__all__ = ["ROW", "SourceLayer", "read_layers", "read_layers_and_tables", "read_tables"]

_T = TypeVar("_T")


def read_layers(
    paths: Sequence[Path],
    *,
    dataset: str,
    crs: str | System | None = None,
    encoding: str | None = None,
    ground: Ground | None = None,
) -> list[SourceLayer]:
    """Read every layer below the given paths into the stored reference system.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        Files, folders and archives. Of a shapefile any part will do.
    dataset : str
        Name put into findings.
    crs : str or System, optional
        Reference system of the sources as a person declared it (``--crs``); beats what a file says. A
        string is a name as for :func:`gis.declared_crs.declared_name`, never a file.
    encoding : str, optional
        Encoding of the sources' text as a person declared it (``--encoding``).
    ground : Ground, optional
        What the registry covers, to hold the coordinates against.

    Returns
    -------
    list of SourceLayer
        At least one, none of them without a feature.

    Raises
    ------
    UsageError
        A path does not exist, or is of a kind that has to be exported first; ``crs`` or
        ``encoding`` name nothing.
    FileProblem
        A file is damaged or unsafe, or its encoding or reference system cannot be told; its
        ``report`` holds a finding for every file concerned.
    """
    system = None if crs is None else declared_system(crs)

    def read(item: Item) -> list[SourceLayer]:
        raws = _read_raw(item, system, encoding, dataset)
        return [georeference(raw, system, dataset=dataset, ground=ground) for raw in raws]

    with tempfile.TemporaryDirectory() as folder:
        delivery = gather(paths, Budget(Path(folder)), dataset=dataset, kinds=SPATIAL)
        _pass_over_strangers(delivery, paths, encoding, dataset)
        layers = _read_all(delivery, read, dataset)
    filled = [layer for layer in layers if len(layer)]
    if not filled:
        names = ", ".join(layer.path for layer in layers)
        raise FileProblem(t("{path} has no features", path=names), code="F06", value=names)
    filled[0].findings = [*delivery.findings, *_empty(layers, dataset), *filled[0].findings]
    return filled


def read_tables(
    paths: Sequence[Path],
    *,
    dataset: str,
    encoding: str | None = None,
    table: Callable[..., list[Sheet]] = read_table,
) -> list[Sheet]:
    """Read every sheet of every table below the given paths.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        ``.xlsx`` and ``.csv`` files, folders and archives with such files.
    dataset : str
        Name put into findings.
    encoding : str, optional
        Encoding of CSV files as a person declared it (``--encoding``).
    table : callable
        Reads one file, see :func:`gis.tables.read_table`.

    Returns
    -------
    list of Sheet
        At least one.

    Raises
    ------
    UsageError
        A path does not exist, or is no table.
    FileProblem
        A file is damaged or empty, or its encoding cannot be told; its ``report`` holds a finding
        for every file concerned.
    """

    def read(item: Item) -> list[Sheet]:
        return table(item.file, encoding=encoding, dataset=dataset, shown=item.shown)

    with tempfile.TemporaryDirectory() as folder:
        delivery = gather(paths, Budget(Path(folder)), dataset=dataset, kinds=TABLES)
        sheets = _read_all(delivery, read, dataset)
    sheets[0].findings = [*delivery.findings, *sheets[0].findings]
    return sheets


def read_layers_and_tables(
    paths: Sequence[Path],
    *,
    dataset: str,
    crs: str | System | None = None,
    encoding: str | None = None,
    ground: Ground | None = None,
) -> list[SourceLayer | Sheet]:
    """Read what may come as features, as tables, or as both: layers first, then sheets.

    Parameters are those of :func:`read_layers`. A table is read as sheets, whether it has coordinates or
    not.

    Returns
    -------
    list of SourceLayer and Sheet
        At least one, no layer without a feature.

    Raises
    ------
    UsageError, FileProblem
        As :func:`read_layers` and :func:`read_tables`.
    """
    system = None if crs is None else declared_system(crs)

    def read(item: Item) -> list[SourceLayer | Sheet]:
        if item.kind is Kind.TABLE:
            return [*read_table(item.file, encoding=encoding, dataset=dataset, shown=item.shown)]
        raws = _read_raw(item, system, encoding, dataset)
        return [georeference(raw, system, dataset=dataset, ground=ground) for raw in raws]

    with tempfile.TemporaryDirectory() as folder:
        delivery = gather(paths, Budget(Path(folder)), dataset=dataset, kinds=SPATIAL)
        sources = _read_all(delivery, read, dataset)
    layers = [source for source in sources if isinstance(source, SourceLayer)]
    sheets = [source for source in sources if isinstance(source, Sheet)]
    filled: list[SourceLayer | Sheet] = [*(layer for layer in layers if len(layer)), *sheets]
    if not filled:
        names = ", ".join(layer.path for layer in layers)
        raise FileProblem(t("{path} has no features", path=names), code="F06", value=names)
    filled[0].findings = [*delivery.findings, *_empty(layers, dataset), *filled[0].findings]
    return filled


def _read_all(delivery: Delivery, read: Callable[[Item], list[_T]], dataset: str) -> list[_T]:
    """Read every item; when some cannot be read, say so of all of them at once."""
    results: list[_T] = []
    problems: list[FileProblem] = []
    for item in delivery.items:
        try:
            results += read(item)
        except FileProblem as problem:
            problems.append(problem)
    if problems:
        raise _together(problems, delivery.findings, dataset)
    return results


def _together(problems: Sequence[FileProblem], findings: Sequence[Finding], dataset: str) -> FileProblem:
    """Make one error of several, with a finding for each."""
    report = Report(dataset, findings=[*findings, *(_finding(problem, dataset) for problem in problems)])
    first = problems[0]
    message = first.message
    if len(problems) > 1:
        message = t("{n} files cannot be read; the first: {message}", n=len(problems), message=message)
    return FileProblem(
        message,
        code=first.code,
        field=first.field,
        value=first.value,
        expected=first.expected,
        hint=first.hint,
        report=report,
    )


def _finding(problem: FileProblem, dataset: str) -> Finding:
    return Finding(
        problem.code,
        Severity.ERROR,
        dataset,
        t("{message}", message=problem.message),
        field=problem.field,
        value=None if problem.value is None else str(problem.value),
        expected=problem.expected,
        hint=None if problem.hint is None else t("{message}", message=problem.hint),
    )


def _read_raw(item: Item, system: System | None, encoding: str | None, dataset: str) -> list[RawLayer]:
    if item.kind in _WITH_ENCODING:
        return _WITH_ENCODING[item.kind](item, encoding=encoding, dataset=dataset)
    if item.kind in _IN_UNICODE:
        return _IN_UNICODE[item.kind](item, dataset=dataset)
    sheets = read_table(item.file, encoding=encoding, dataset=dataset, shown=item.shown)
    wanted = [sheet for sheet in sheets if has_coordinates(sheet)] or sheets[:1]
    return [read_points(sheet, system, dataset=dataset) for sheet in wanted]


def _one(read: Callable[..., RawLayer]) -> Callable[..., list[RawLayer]]:
    def read_list(item: Item, *, encoding: str | None, dataset: str) -> list[RawLayer]:
        return [read(item, encoding=encoding, dataset=dataset)]

    return read_list


_WITH_ENCODING: dict[Kind, Callable[..., list[RawLayer]]] = {
    Kind.SHAPEFILE: _one(read_shapefile),
    Kind.GEOJSON: _one(read_geojson),
    Kind.DRAWING: read_drawing,
    Kind.MAPINFO: _one(read_mapinfo),
    Kind.INTERCHANGE: _one(read_interchange),
}
_IN_UNICODE: dict[Kind, Callable[..., list[RawLayer]]] = {
    Kind.GEOPACKAGE: read_geopackage,
    Kind.GEODATABASE: read_geodatabase,
    Kind.KML: read_kml,
}


def _pass_over_strangers(
    delivery: Delivery, paths: Sequence[Path], encoding: str | None, dataset: str
) -> None:
    """Leave out files that came along with layers in a folder or archive and are none themselves."""
    named = {path.name for path in paths}
    reasons = [
        (item, None if item.shown in named else _why_no_layer(item, encoding, dataset))
        for item in delivery.items
    ]
    strangers = [(item, why) for item, why in reasons if why is not None]
    if len(strangers) == len(reasons):
        return  # nothing but strangers: reading them says what is missing
    for item, why in strangers:
        delivery.items.remove(item)
        delivery.findings.append(why)


def _why_no_layer(item: Item, encoding: str | None, dataset: str) -> Finding | None:
    """Say why a file is no layer; ``None`` for what is one, or is damaged and has to be reported."""
    if item.kind is Kind.GEOJSON and not looks_like_geojson(item.file):
        message = t("{path} is JSON but not GeoJSON and is passed over", path=item.shown)
        return Finding("F01", Severity.WARNING, dataset, message, value=item.shown)
    if item.kind is not Kind.TABLE:
        return None
    try:
        sheets = read_table(item.file, encoding=encoding, dataset=dataset, shown=item.shown)
    except FileProblem:
        return None  # reading it again among the layers reports it with all others
    if any(map(has_coordinates, sheets)):
        return None
    message = t("{path} is a table without coordinates and is passed over", path=item.shown)
    return Finding("F05", Severity.WARNING, dataset, message, value=item.shown)


def _empty(layers: Sequence[SourceLayer], dataset: str) -> list[Finding]:
    """Report empty layers beside filled ones: a class of components may have no member."""
    return [
        Finding(
            "F06",
            Severity.WARNING,
            dataset,
            t("{path} ({name}) has no features", path=layer.path, name=layer.name),
            value=layer.path,
        )
        for layer in layers
        if not len(layer)
    ]
