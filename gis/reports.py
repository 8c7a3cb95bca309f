"""Write a report of findings (质检报告) as HTML, JSON, CSV or GeoPackage."""

from __future__ import annotations

import csv
import html
import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import geopandas
import shapely
from shapely.geometry.base import BaseGeometry

from gis.errors import UsageError
from gis.finding_codes import title
from gis.findings import Finding, Report
from gis.notes import told_once
from gis.text import Text, current_language, t

COLUMNS = (
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
)
SHOWN_PER_CODE = 50
MAP_SIZE = 900.0
DATASETS: dict[str, Text] = {
    "divisions": t("divisions"),
    "grids": t("unit grids"),
    "responsibility-grids": t("responsibility grids"),
    "governance-grids": t("governance grids"),
    "components": t("components"),
    "organisations": t("organisations"),
    "rules": t("case table"),
    "areas": t("areas"),
    "boundaries": t("boundary agreements"),
    "streets": t("streets"),
    "addresses": t("addresses"),
    "places": t("places"),
}


def write_report(report: Report, path: Path) -> None:
    """Write a report in the format its extension names.

    Parameters
    ----------
    report : Report
        What a check or an import found.
    path : pathlib.Path
        ``.html``, ``.json``, ``.csv`` (UTF-8 with byte-order mark) or ``.gpkg`` (layer ``findings`` in
        EPSG:4490, findings without a place have an empty geometry).

    Raises
    ------
    UsageError
        For any other extension.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(
            t("A report cannot be written as {suffix}", suffix=path.suffix or path.name),
            field="--report",
            value=str(path),
            expected=", ".join(_WRITERS),
        )
    writer(report, path)


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
    path.write_text(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n", "utf-8")


def _write_csv(report: Report, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.DictWriter(target, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(finding.to_dict() for finding in report.findings)


def _write_gpkg(report: Report, path: Path) -> None:
    rows = [finding.to_dict() for finding in report.findings]
    geometry = [finding.geometry for finding in report.findings]
    columns = {
        name: [None if row[name] is None else str(row[name]) for row in rows]
        for name in COLUMNS
        if name != "row"
    }
    columns["source_row"] = [None if row["row"] is None else str(row["row"]) for row in rows]
    frame = geopandas.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4490")
    path.unlink(missing_ok=True)
    frame.to_file(path, layer="findings", driver="GPKG", geometry_type="Unknown")


def _write_html(report: Report, path: Path) -> None:
    path.write_text(_page(report), "utf-8")


_WRITERS: dict[str, Callable[[Report, Path], None]] = {
    ".html": _write_html,
    ".json": _write_json,
    ".csv": _write_csv,
    ".gpkg": _write_gpkg,
}


def _page(report: Report) -> str:
    heading = t("Quality report: {dataset}", dataset=DATASETS.get(report.dataset, report.dataset))
    parts = [
        f'<!doctype html><html lang="{current_language()}"><meta charset="utf-8">',
        f"<title>{_text(heading)}</title><style>{_STYLE}</style><h1>{_text(heading)}</h1>",
        f"<p>{_text(_outcome(report))}</p>",
        _summary_table(report),
        _map(report.findings),
        *_sections(report),
        *(f"<p class=note>{_text(note)}</p>" for note in told_once(report.notes)),
        "</html>",
    ]
    return "\n".join(part for part in parts if part)


def _outcome(report: Report) -> str:
    counts = t(
        "{checked} rows checked, {accepted} accepted, {rejected} rejected.",
        checked=report.checked,
        accepted=report.accepted,
        rejected=report.rejected,
    )
    if report.edition is None:
        return f"{counts} {t('Nothing was committed.')}"
    return f"{counts} {t('Committed as edition {edition}.', edition=report.edition)}"


def _summary_table(report: Report) -> str:
    if not report.findings:
        return f"<p>{_text(t('Nothing was found wrong.'))}</p>"
    worst = {finding.code: finding.severity for finding in reversed(report.findings)}
    rows = "".join(
        f'<tr class="{worst[code]}"><td><a href="#{code}">{code}</a><td>{_text(title(code))}'
        f"<td>{_severity(worst[code])}<td class=n>{count}"
        for code, count in report.by_code().items()
    )
    head = "".join(f"<th>{_text(name)}" for name in (t("Code"), t("Finding"), t("Severity"), t("Count")))
    return f"<table><tr>{head}{rows}</table>"


def _sections(report: Report) -> Iterable[str]:
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_code[finding.code].append(finding)
    names = (
        t("Row"),
        t("Identifier"),
        t("Field"),
        t("Value"),
        t("Expected"),
        t("What is wrong"),
        t("What to do"),
    )
    head = "".join(f"<th>{_text(name)}" for name in names)
    for code in sorted(by_code):
        found = by_code[code]
        yield f'<h2 id="{code}">{code} {_text(title(code))} ({len(found)})</h2><table><tr>{head}'
        yield from (_finding_row(finding) for finding in found[:SHOWN_PER_CODE])
        yield "</table>"
        if len(found) > SHOWN_PER_CODE:
            more = t("and {count} more: see the CSV or GeoPackage report", count=len(found) - SHOWN_PER_CODE)
            yield f"<p class=note>{_text(more)}</p>"


def _finding_row(finding: Finding) -> str:
    told = (finding.field, finding.value, finding.expected, finding.message, finding.hint)
    cells = (finding.layer, finding.row, finding.id, *told)
    return "<tr>" + "".join(f"<td>{'' if cell is None else _text(cell)}" for cell in cells)


def _map(findings: Sequence[Finding]) -> str:
    """Draw the places of the findings as inline SVG, so that the report needs no network."""
    placed = [f for f in findings if f.geometry is not None and not f.geometry.is_empty]
    if not placed:
        return ""
    geometries = [finding.geometry for finding in placed]
    west, south, east, north = shapely.total_bounds(geometries)
    squeeze = math.cos(math.radians((south + north) / 2))
    width, height = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
    scale = MAP_SIZE / max(width, height)
    shapes = "".join(_shape(finding, (west, north), (scale * squeeze, scale)) for finding in placed)
    pad = 20
    view = f"{-pad} {-pad} {width * scale + 2 * pad:.0f} {height * scale + 2 * pad:.0f}"
    return f'<svg viewBox="{view}" role="img">{shapes}</svg>'


def _shape(finding: Finding, corner: tuple[float, float], scale: tuple[float, float]) -> str:
    if finding.geometry is None:
        return ""
    tip = f"<title>{_text(finding.code)} {_text(finding.id or '')} {_text(finding.message)}</title>"
    paths = "".join(_path(line.coords, corner, scale) for line in _lines(finding.geometry))
    centre = finding.geometry.representative_point()
    x, y = (centre.x - corner[0]) * scale[0], (corner[1] - centre.y) * scale[1]
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
    return f'<g class="{finding.severity}">{tip}<path d="{paths}"/>{dot}</g>'


def _lines(geometry: BaseGeometry) -> Iterable[BaseGeometry]:
    for part in shapely.get_parts(geometry):
        yield from [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]


def _path(coords: Iterable[Sequence[float]], corner: tuple[float, float], scale: tuple[float, float]) -> str:
    steps = [f"{(x - corner[0]) * scale[0]:.1f},{(corner[1] - y) * scale[1]:.1f}" for x, y, *_ in coords]
    return "M" + "L".join(steps)


def _severity(severity: str) -> str:
    return _text({"error": t("error"), "warning": t("warning"), "info": t("note")}[severity])


def _text(value: object) -> str:
    return html.escape(str(value))


_STYLE = """
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #222;
  max-width: 1100px; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem }
td, th { border: 1px solid #ddd; padding: .3rem .5rem; text-align: left; vertical-align: top }
th { background: #f4f4f6 }
.n { text-align: right }
tr.error td:nth-child(3) { color: #b00020 }
tr.warning td:nth-child(3) { color: #9a6700 }
.note { color: #555 }
svg { width: 100%; max-height: 70vh; border: 1px solid #ddd; background: #fafafa }
path { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke }
g.error { stroke: #b00020; fill: #b00020 }
g.warning { stroke: #b27700; fill: #b27700 }
g.info { stroke: #4a6fa5; fill: #4a6fa5 }
"""
