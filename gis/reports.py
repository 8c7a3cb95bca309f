"""Write a report of findings (质检报告) as HTML, JSON, CSV or GeoPackage."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
import shapely

from gis.errors import UsageError
from gis.findings import Report
from gis.report_gpkg import write_gpkg
from gis.report_html import page
from gis.report_listing import Listing
from gis.report_tables import SHOWN_PER_CODE
from gis.text import t

__all__ = ["SHOWN_PER_CODE", "check_report_paths", "safe_cell", "write_report"]

COLUMNS = (
    "number",
    "code",
    "severity",
    "dataset",
    "layer",
    "row",
    "id",
    "field",
    "value",
    "expected",
    "message",
    "hint",
    "lon",
    "lat",
    "area_m2",
    "width_m",
    "count",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_report(report: Report, path: Path) -> None:
    """Write a report in the format its extension names.

    Parameters
    ----------
    report : Report
        What a check or an import found.
    path : pathlib.Path
        ``.html``; ``.json``; ``.csv`` (UTF-8 with byte-order mark, worst first, with longitude and
        latitude of a point in each place); or ``.gpkg``, see :func:`gis.report_gpkg.write_gpkg`.

    Raises
    ------
    UsageError
        For any other extension.
    """
    check_report_paths([path])
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=f".{path.stem}-") as folder:
        whole = Path(folder) / path.name
        _WRITERS[path.suffix.lower()](report, whole)
        whole.replace(path)


def check_report_paths(paths: Iterable[Path]) -> None:
    """Refuse unknown extensions and missing folders before any work is done."""
    for path in paths:
        if path.suffix.lower() not in _WRITERS:
            raise UsageError(
                t("A report cannot be written as {suffix}", suffix=path.suffix or path.name),
                field="--report",
                value=str(path),
                expected=", ".join(_WRITERS),
            )
        if not path.absolute().parent.is_dir():
            raise UsageError(
                t("There is no folder {folder} for the report", folder=str(path.absolute().parent)),
                field="--report",
                value=str(path),
                expected=t("a file in a folder that exists"),
            )


def _write_json(report: Report, path: Path) -> None:
    """Write what :meth:`Report.to_dict` holds; the geometries are written all at once, which is faster."""
    places = shapely.to_geojson([finding.geometry for finding in report.findings])
    content = report.to_dict(geometries=False)
    for finding, place in zip(content["findings"], places, strict=True):
        finding["geometry"] = None if place is None else orjson.Fragment(place)
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _write_csv(report: Report, path: Path) -> None:
    listing = Listing(report.findings)
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.DictWriter(target, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        for position, finding in enumerate(listing.findings):
            cells = {name: safe_cell(value) for name, value in finding.to_dict(geometries=False).items()}
            lon, lat = (_degrees(number) for number in listing.place_of(position) or (None, None))
            place = {"number": position + 1, "lon": lon, "lat": lat, "count": finding.count}
            writer.writerow({**place, **cells})


def _degrees(number: float | None) -> str | None:
    """Write degrees to a tenth of a millimetre."""
    return None if number is None else f"{number:.9f}"


def safe_cell(value: Any) -> Any:
    """Keep a spreadsheet from taking text of the data for a formula."""
    if not isinstance(value, str) or not value.startswith(_FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def _write_gpkg(report: Report, path: Path) -> None:
    write_gpkg(report, Listing(report.findings), path)


def _write_html(report: Report, path: Path) -> None:
    path.write_text(page(report, Listing(report.findings)), "utf-8")


_WRITERS: dict[str, Callable[[Report, Path], None]] = {
    ".html": _write_html,
    ".json": _write_json,
    ".csv": _write_csv,
    ".gpkg": _write_gpkg,
}
