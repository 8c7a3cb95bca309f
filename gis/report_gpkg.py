"""A report as a GeoPackage that opens in a desktop GIS with its styles."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.delivered import DeliveredAreas
from gis.finding_codes import title
from gis.findings import Finding, Report, Severity
from gis.report_changes_gpkg import write_changes
from gis.report_layers import write_layer, write_styles
from gis.report_listing import Listing
from gis.report_styles import (
    area_style,
    delivery_style,
    line_style,
    point_style,
)

_TEXTS = ("code", "severity", "dataset", "layer", "id", "field", "value", "expected", "message", "hint")
_LINE, _SURFACE = 1, 2


def write_gpkg(report: Report, listing: Listing, path: Path) -> None:
    """Write a report as a GeoPackage in EPSG:4490.

    Layers: ``findings`` has every finding with its place as it is, an empty geometry where there is none;
    ``findings_points`` has a point in each place, to walk through them; ``findings_lines`` and
    ``findings_areas`` those that are lines and areas; ``delivery`` what was delivered, row by row. All but
    the first, which mixes kinds of geometry, have a style for QGIS. What changed is in further layers, see
    :func:`gis.report_changes_gpkg.write_changes`.

    Parameters
    ----------
    report : Report
        What a check or an import found.
    listing : Listing
        Its findings.
    path : pathlib.Path
        A file that does not exist yet.
    """
    table, places = _table(listing), listing.geometries
    write_layer(table, places, path, "findings", "Unknown")
    styles = []
    at = listing.placed
    if len(at):
        points = np.asarray(shapely.points(listing.lonlat[at]), dtype=object)
        write_layer(table.iloc[at], points, path, "findings_points", "Point")
        styles.append(point_style("findings_points"))
    dimension = shapely.get_dimensions(places)
    for number, name, kind, style in (
        (_LINE, "findings_lines", "MultiLineString", line_style),
        (_SURFACE, "findings_areas", "MultiPolygon", area_style),
    ):
        at = np.flatnonzero(dimension == number)
        if len(at):
            write_layer(table.iloc[at], _multi(places[at], number), path, name, kind)
            styles.append(style(name))
    if report.areas is not None and len(report.areas):
        rows = _delivery(report.areas, report.findings)
        shapes = _delivered(report.areas.geometries)
        areal = shapely.is_missing(shapes) | (shapely.get_dimensions(shapes) == _SURFACE)
        write_layer(rows, shapes, path, "delivery", "MultiPolygon" if areal.all() else "Unknown")
        styles.append(delivery_style("delivery"))
    if report.changes is not None:
        styles += write_changes(report.changes, path)
    write_styles(styles, path)


def _table(listing: Listing) -> pd.DataFrame:
    """Return the findings as columns, numbers as numbers."""
    found = listing.findings
    columns: dict[str, object] = {"number": np.arange(1, len(found) + 1)}
    columns |= {name: pd.array([_text(f, name) for f in found], dtype="object") for name in _TEXTS}
    columns["title"] = pd.array([title(f.code) for f in found], dtype="object")
    columns["source_row"] = pd.array([f.row for f in found], dtype="Int64")
    columns["count"] = np.array([f.count for f in found], dtype=np.int64)
    columns["lon"], columns["lat"] = listing.lonlat.T
    for name in ("area_m2", "width_m"):
        columns[name] = np.array([getattr(f, name) for f in found], dtype=np.float64)
    return pd.DataFrame(columns)


def _text(finding: Finding, name: str) -> str | None:
    value = getattr(finding, name)
    return None if value is None else str(value)


def _delivery(areas: DeliveredAreas, findings: list[Finding]) -> pd.DataFrame:
    """Return what was delivered, with the number of errors and warnings of each row."""
    errors, warnings = (
        Counter((f.layer, f.row) for f in findings if f.severity is severity)
        for severity in (Severity.ERROR, Severity.WARNING)
    )
    rows = list(zip(areas.layer.tolist(), areas.row.tolist(), strict=True))
    return pd.DataFrame(
        {
            "layer": areas.layer,
            "source_row": areas.row,
            "id": areas.id,
            "state": np.where(areas.refused, "rejected", "accepted"),
            "errors": [errors[row] for row in rows],
            "warnings": [warnings[row] for row in rows],
        }
    )


def _delivered(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return two-dimensional copies, polygons as multipolygons and empty ones as missing."""
    shapes = shapely.force_2d(geometries)
    shapes[shapely.is_empty(shapes)] = None
    single = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON)
    shapes[single] = shapely.multipolygons(shapes[single], indices=np.arange(len(single)))
    return np.asarray(shapes, dtype=object)


def _multi(places: NDArray[np.object_], dimension: int) -> NDArray[np.object_]:
    """Put the parts of the wanted dimension of each place into a multi geometry."""
    parts, owner = shapely.get_parts(places, return_index=True)
    keep = shapely.get_dimensions(parts) == dimension
    parts, owner = parts[keep], owner[keep]
    make = shapely.multilinestrings if dimension == _LINE else shapely.multipolygons
    return np.asarray(make(parts, indices=owner), dtype=object)
