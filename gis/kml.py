"""Read KML, the format of globe viewers: every folder as a layer, in WGS 84 by definition.

It is parsed here because GDAL's reader replaces Chinese names of attributes by underscores.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import shapely

from gis.delivery import Item
from gis.errors import FileProblem
from gis.findings import Finding, Severity
from gis.layer import ROW, RawLayer, StatedCrs, table_of
from gis.ogr_layers import unreadable
from gis.text import Text, t

_CHUNK = 1 << 20
_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.I)
_GEOMETRIES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")
_DEEPEST = 50


@dataclass(slots=True, eq=False)
class _Folder:
    """Placemarks of one folder of the document."""

    name: str
    rows: list[dict[str, str | int]] = field(default_factory=list)
    geometries: list[shapely.Geometry | None] = field(default_factory=list)


def read_kml(item: Item, *, dataset: str) -> list[RawLayer]:
    """Read a KML file.

    Parameters
    ----------
    item : Item
        The file.
    dataset : str
        Name put into findings.

    Returns
    -------
    list of RawLayer
        One for every folder with placemarks. Longitude, latitude; heights are left out. ``_row`` counts
        the placemarks of the file.

    Raises
    ------
    FileProblem
        F01: no KML, or damaged; F06: no placemark in it.
    """
    _refuse_definitions(item.file, item.shown)
    try:
        root = ElementTree.parse(item.file).getroot()  # noqa: S314 - a file that defines entities was refused
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise unreadable(item.shown, str(error)) from error
    if _tag(root) != "kml":
        raise unreadable(item.shown, t("it does not begin like KML"))
    findings: list[Finding] = []
    folders = [folder for folder in _folders(root, item, findings, dataset) if folder.rows]
    if not folders:
        raise FileProblem(t("{path} has no features", path=item.shown), code="F06", value=item.shown)
    layers = [_layer(folder, item) for folder in folders]
    layers[0].findings += findings
    return layers


def _refuse_definitions(file: Path, shown: str) -> None:
    """Refuse XML that defines entities: a few lines of it unpack to more than fits into memory."""
    with file.open("rb") as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            if _DOCTYPE.search(tail + chunk.replace(b"\0", b"")):
                raise unreadable(shown, t("it holds definitions of its own (DOCTYPE), which KML has not"))
            tail = chunk[-32:]


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(element: ElementTree.Element, name: str) -> str:
    """Return the text of a child."""
    return next((child.text or "" for child in element if _tag(child) == name), "").strip()


def _folders(root: ElementTree.Element, item: Item, findings: list[Finding], dataset: str) -> list[_Folder]:
    """Collect the placemarks by the folder they stand in."""
    folders: list[_Folder] = []
    count = 0
    stack: list[tuple[ElementTree.Element, _Folder]] = [(root, _Folder(item.name))]
    while stack:
        element, folder = stack.pop()
        folders.append(folder)
        inner = []
        for child in element:
            tag = _tag(child)
            if tag == "Placemark":
                count += 1
                folder.rows.append({ROW: count, **_attributes(child)})
                folder.geometries.append(_placed(child, count, findings, dataset))
            elif tag in ("Document", "Folder"):
                inner.append((child, _Folder(_child(child, "name") or folder.name)))
        stack += reversed(inner)
    return folders


def _attributes(placemark: ElementTree.Element) -> dict[str, str]:
    values = {name: _child(placemark, name) for name in ("name", "description")}
    for element in placemark.iter():
        name = element.get("name")
        if name is None:
            continue
        if _tag(element) == "Data":
            values[name] = _child(element, "value")
        elif _tag(element) == "SimpleData":
            values[name] = (element.text or "").strip()
    return {name: value for name, value in values.items() if value and name != ROW}


def _placed(
    placemark: ElementTree.Element, row: int, findings: list[Finding], dataset: str
) -> shapely.Geometry | None:
    """Build the geometry of a placemark; report what makes none."""
    for child in placemark:
        tag = _tag(child)
        if tag in _GEOMETRIES:
            try:
                return _geometry(child, 0)
            except (ValueError, shapely.errors.ShapelyError):
                message: Text = t("The geometry cannot be built from its coordinates")
                findings.append(Finding("F01", Severity.ERROR, dataset, message, row=row))
        elif tag in ("Track", "MultiTrack", "Model"):
            message = t("A geometry of the kind {kind} is not read", kind=tag)
            findings.append(Finding("F11", Severity.WARNING, dataset, message, row=row, value=tag))
    return None


def _geometry(element: ElementTree.Element, depth: int) -> shapely.Geometry:
    if depth > _DEEPEST:
        raise ValueError(element.tag)
    return _BUILDERS[_tag(element)](element, depth)


def _coordinates(element: ElementTree.Element) -> list[tuple[float, float]]:
    places = [place.split(",") for place in _child(element, "coordinates").split()]
    return [(float(place[0]), float(place[1])) if len(place) > 1 else _no_place(place) for place in places]


def _no_place(place: list[str]) -> tuple[float, float]:
    raise ValueError(place)


def _point(element: ElementTree.Element, _: int) -> shapely.Geometry:
    (place,) = _coordinates(element)
    return shapely.Point(place)


def _line(element: ElementTree.Element, _: int) -> shapely.Geometry:
    return shapely.LineString(_coordinates(element))


def _polygon(element: ElementTree.Element, _: int) -> shapely.Geometry:
    rings = {"outerBoundaryIs": [], "innerBoundaryIs": []}  # type: dict[str, list[list[tuple[float, float]]]]
    for side in element:
        if _tag(side) in rings:
            rings[_tag(side)] += [_coordinates(ring) for ring in side if _tag(ring) == "LinearRing"]
    (outer,) = rings["outerBoundaryIs"]
    return shapely.Polygon(outer, rings["innerBoundaryIs"])


def _multi(element: ElementTree.Element, depth: int) -> shapely.Geometry:
    """Put parts of one kind together as such, others as a collection."""
    parts = [_geometry(child, depth + 1) for child in element if _tag(child) in _GEOMETRIES]
    kinds = {int(shapely.get_type_id(part)) for part in parts}
    many: dict[int, Callable[..., shapely.Geometry]] = {
        shapely.GeometryType.POINT: shapely.MultiPoint,
        shapely.GeometryType.LINESTRING: shapely.MultiLineString,
        shapely.GeometryType.POLYGON: shapely.MultiPolygon,
    }
    build = many.get(min(kinds, default=-1)) if len(kinds) == 1 else None
    return shapely.GeometryCollection(parts) if build is None else build(parts)


_BUILDERS: dict[str, Callable[[ElementTree.Element, int], shapely.Geometry]] = {
    "Point": _point,
    "LineString": _line,
    "LinearRing": _line,
    "Polygon": _polygon,
    "MultiGeometry": _multi,
}


def _layer(folder: _Folder, item: Item) -> RawLayer:
    frame = pd.DataFrame(folder.rows)
    frame = frame.astype({name: object for name in frame.columns if name != ROW})
    geometries = np.array([*folder.geometries, None], dtype=object)[:-1]
    stated = StatedCrs("CRS84", t("KML is in longitude and latitude of WGS 84"))
    evidence = t("as the XML of the file declares")
    return RawLayer(f"{item.shown}/{folder.name}", folder.name, table_of(frame, geometries), stated, evidence)
