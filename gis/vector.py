"""Read GeoPackage and GeoJSON through GDAL, and notice what GDAL passes over."""

from __future__ import annotations

import codecs
import mmap
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from gis.delivery import Item
from gis.encoding import Sample, decide
from gis.encoding_names import shown as encoding_shown
from gis.errors import FileProblem
from gis.findings import Finding, Severity
from gis.layer import RawLayer, StatedCrs, table_of
from gis.ogr import curves_replaced, has_curves, layer_info, list_layers, read_attributes, read_geometries
from gis.ogr_layers import numbered, read_ogr_layer, unreadable
from gis.text import Text, t

FIXED_LAYER, CHANGES_LAYER = "fixed", "changes"
"""Layers of a GeoPackage of proposed repairs: the repaired rows, and beside them what was done to each."""

_SQLITE = b"SQLite format 3\0"
_CHUNK = 1 << 20
# The crs member stands before or after the features.
_HEAD_AND_TAIL = 64 << 10
_CRS_MEMBER = re.compile(
    rb'"crs"\s*:\s*\{[^{}]*"properties"\s*:\s*\{[^{}]*"name"\s*:\s*"(?P<name>[^"\\]{1,200})"'
)
_GEOJSON_TYPE = re.compile(
    rb'"type"\s*:\s*"(Feature|FeatureCollection|GeometryCollection|(Multi)?(Point|LineString|Polygon))"'
)
_FIRST_MEMBER = re.compile(r'\{\s*(?P<name>"[^"\\]{1,60}")')
_FEATURE = re.compile(rb'"type"\s*:\s*"Feature"')


def read_geopackage(item: Item, *, dataset: str) -> list[RawLayer]:
    """Read every layer of a GeoPackage that has a geometry, but not what says how another was repaired.

    Raises
    ------
    FileProblem
        F01: not a GeoPackage, or damaged; F06: no layer with a geometry.
    """
    # GDAL tells formats by content: a file of another kind under this name is not to be opened.
    with item.file.open("rb") as stream:
        if stream.read(len(_SQLITE)) != _SQLITE:
            raise unreadable(item.shown, t("it does not begin like a GeoPackage"))
    source = str(item.file)
    names = list_layers(source, shown=item.shown)
    if not names:
        message = t("{path} has no layer with a geometry", path=item.shown)
        raise FileProblem(message, code="F06", value=item.shown)
    if FIXED_LAYER in names:
        names = [name for name in names if name != CHANGES_LAYER]
    return [_geopackage_layer(item, source, name, dataset) for name in names]


def read_geojson(item: Item, *, encoding: str | None, dataset: str) -> RawLayer:
    """Read a GeoJSON file (RFC 7946, and the ``crs`` member of its forerunner).

    Raises
    ------
    FileProblem
        F01: not GeoJSON, cut off, or features in it that cannot be read; F02: not in UTF-8, and the
        encoding cannot be told.
    """
    _check_begins_as_json(item)
    if not looks_like_geojson(item.file):
        raise _other_json(item)
    with _in_utf8(item, encoding) as (file, evidence):
        source = f"GeoJSON:{file}"
        options = {"DATE_AS_STRING": "YES", "ARRAY_AS_STRING": "YES"}
        frame, found = read_attributes(source, shown=item.shown, dataset=dataset, **options)
        geometries, findings = read_geometries(source, shown=item.shown, dataset=dataset, **options)
        _check_complete(file, len(geometries), item.shown)
        findings += _unreadable_geometries(file, geometries, findings, item.shown, dataset)
        stated = _stated(file)
    frame = numbered(frame, geometries, item.shown)
    findings = list(dict.fromkeys([*findings, *found]))
    return RawLayer(item.shown, item.name, table_of(frame, geometries), stated, evidence, findings)


def looks_like_geojson(file: Path) -> bool:
    """Tell GeoJSON from other JSON by its beginning."""
    with file.open("rb") as stream:
        return _GEOJSON_TYPE.search(stream.read(_HEAD_AND_TAIL).replace(b"\0", b"")) is not None


def _geopackage_layer(item: Item, source: str, name: str, dataset: str) -> RawLayer:
    shown = f"{item.shown}/{name}"
    info = layer_info(source, name, shown=shown)
    if info.driver != "GPKG":
        raise unreadable(item.shown, t("it is {kind}, not a GeoPackage", kind=info.driver))
    frame, geometries, findings = read_ogr_layer(source, name, shown=shown, dataset=dataset)
    if _may_have_curves(item.file, name) and has_curves(source, name, shown=shown):
        findings.append(curves_replaced(shown, dataset))
    stated = None
    if info.crs is not None and "undefined" not in info.crs.lower():
        stated = StatedCrs(info.crs, t("the GeoPackage says so"))
    evidence = t("UTF-8: GeoPackage text always is")
    return RawLayer(shown, name, table_of(frame, geometries), stated, evidence, findings)


def _may_have_curves(file: Path, layer: str) -> bool:
    """Tell whether the GeoPackage declares a type that arcs can be of; others need no look at each row."""
    query = "SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = ?"
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as connection:
            declared = connection.execute(query, (layer,)).fetchone()
    except sqlite3.Error:
        return True
    plain = ("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON")
    return declared is None or str(declared[0]).upper() not in plain


def _check_begins_as_json(item: Item) -> None:
    with item.file.open("rb") as stream:
        start = stream.read(4096)
    if not start:
        raise FileProblem(t("{path} is empty", path=item.shown), code="F06", value=item.shown)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    if not start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        raise unreadable(item.shown, t("it does not begin like GeoJSON"))


def _other_json(item: Item) -> FileProblem:
    """Name what JSON of another layout begins with: exports of databases are called .json too."""
    with item.file.open("rb") as stream:
        start = stream.read(4096).replace(b"\0", b"").decode("utf-8", errors="replace")
    member = _FIRST_MEMBER.search(start)
    return FileProblem(
        t(
            "{path} cannot be read: {reason}",
            path=item.shown,
            reason=t("it is JSON but not GeoJSON: it begins with {start}", start=member["name"])
            if member
            else t("it is JSON but not GeoJSON"),
        ),
        code="F01",
        value=item.shown,
        expected=t("a FeatureCollection: features, each with a geometry and properties"),
        hint=t("Export the layer as GeoJSON, shapefile or GeoPackage from the program it was drawn in"),
    )


@contextmanager
def _in_utf8(item: Item, given: str | None) -> Iterator[tuple[Path, Text]]:
    """Give the file itself when it is UTF-8, as JSON has to be, else a copy that is."""
    if _is_utf8(item.file):
        yield item.file, t("UTF-8: JSON has to be, and all of it is valid")
        return
    raw = item.file.read_bytes()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codec, evidence = "utf-16", t("UTF-16: it begins with a byte order mark")
    else:
        decision = decide(map(Sample, raw.splitlines()), path=item.shown, given=given)
        codec, evidence = decision.codec, decision.evidence
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        reason = t(
            "bytes at {position} are not {encoding}", position=error.start, encoding=encoding_shown(codec)
        )
        raise unreadable(item.shown, reason) from error
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "layer.geojson"
        copy.write_text(text, encoding="utf-8")
        yield copy, evidence


def _is_utf8(file: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _check_complete(file: Path, read: int, shown: str) -> None:
    """Refuse a file with more features than were read."""
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        there = sum(1 for _ in _FEATURE.finditer(content))
    if there > read:
        raise unreadable(
            shown, t("{there} features in it, but only {read} can be read", there=there, read=read)
        )


def _unreadable_geometries(
    file: Path, geometries: NDArray[np.object_], known: list[Finding], shown: str, dataset: str
) -> list[Finding]:
    """Report geometries that are missing because their coordinates make none."""
    missing = shapely.is_missing(geometries)
    reported = {finding.row for finding in known if finding.severity is Severity.ERROR}
    if not missing.any():
        return []
    try:
        document = orjson.loads(file.read_bytes().removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError as error:
        raise unreadable(shown, str(error)) from error
    features = [f for f in _features(document) if isinstance(f, dict) and f.get("type") == "Feature"]
    message = t("The geometry cannot be built from its coordinates")
    return [
        Finding("F01", Severity.ERROR, dataset, message, row=position + 1)
        for position, feature in enumerate(features[: len(missing)])
        if missing[position] and feature.get("geometry") is not None and position + 1 not in reported
    ]


def _features(document: Any) -> list[Any]:
    found = document.get("features", []) if isinstance(document, dict) else []
    return found if isinstance(found, list) else []


def _stated(file: Path) -> StatedCrs:
    with file.open("rb") as stream:
        ends = stream.read(_HEAD_AND_TAIL)
        stream.seek(max(len(ends), file.stat().st_size - _HEAD_AND_TAIL))
        ends += stream.read()
    found = _CRS_MEMBER.search(ends)
    if found is None:
        return StatedCrs("CRS84", t("GeoJSON without a crs member is in longitude and latitude (RFC 7946)"))
    return StatedCrs(found["name"].decode("utf-8", errors="replace"), t("the crs member says so"))
