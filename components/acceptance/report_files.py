"""Write an acceptance as HTML, JSON, CSV or GeoPackage."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas
import shapely
from numpy.typing import NDArray

from components.acceptance.faults import KIND_NAMES, KINDS, Fault, faults_of
from components.acceptance.inspection import Acceptance, SheetResult
from components.acceptance.positions import GROSS, KEPT, positions_of, shift_of
from components.acceptance.report_page import page
from components.acceptance.verdict import OUTCOME_NAMES, Outcome
from gis.errors import UsageError
from gis.report_layers import write_layer, write_styles
from gis.report_styles import category_style
from gis.reports import safe_cell
from gis.text import t

_COLOURS = {
    "missed": "176,0,32",
    "surplus": "31,95,176",
    "wrong_class": "176,106,0",
    "gross": "122,45,168",
    "wrong_attribute": "79,125,42",
}
_OUTCOME_COLOURS = {
    Outcome.QUALIFIED: "46,125,79",
    Outcome.UNQUALIFIED: "176,0,32",
    Outcome.PENDING: "138,138,148",
}


def check_acceptance_paths(paths: Iterable[Path]) -> None:
    """Refuse unknown extensions and missing folders before any work is done.

    Raises
    ------
    UsageError
    """
    for path in paths:
        if path.suffix.lower() not in _WRITERS or not path.absolute().parent.is_dir():
            raise UsageError(
                t("The acceptance cannot be written as {path}", path=str(path)),
                field="--out",
                value=str(path),
                expected=t("{suffixes}, in a folder that exists", suffixes=", ".join(_WRITERS)),
            )


def write_acceptance(acceptance: Acceptance, path: Path) -> None:
    """Write an acceptance in the format the extension names; a file of that name is replaced at the end.

    Parameters
    ----------
    acceptance : Acceptance
    path : pathlib.Path
        ``.html``; ``.json``; ``.csv``, the faults (UTF-8 with byte-order mark); ``.gpkg`` with the layers
        ``mismatches`` (points), ``displacements`` (lines from the recorded to the true place), ``positions``
        (the error of every measured point) and ``sheets`` (EPSG:4490), styled for QGIS.
    """
    check_acceptance_paths([path])
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=f".{path.stem}-") as folder:
        whole = Path(folder) / path.name
        _WRITERS[path.suffix.lower()](acceptance, faults_of(acceptance), whole)
        whole.replace(path)


def document(acceptance: Acceptance, faults: Sequence[Fault]) -> dict[str, Any]:
    """Return an acceptance as a document for JSON, texts in the current language."""
    positions = positions_of(acceptance)
    shift = shift_of(positions)
    return {
        "verdict": acceptance.verdict.to_dict(),
        "rates": {name: rate.to_dict() for name, rate in acceptance.rates.items()},
        "majors": {
            major: {name: rate.to_dict() for name, rate in rates.items()}
            for major, rates in acceptance.majors.items()
        },
        "accuracies": [accuracy.to_dict() for accuracy in acceptance.accuracies],
        "sheets": [_sheet(acceptance, result) for result in acceptance.results],
        "positions": positions.to_dict("records"),
        "faults": [_fault(acceptance, fault) for fault in faults],
        "seed": acceptance.sheets.seed,
        "data": str(acceptance.census.source),
        "check_points": len(acceptance.points),
        "settings": {
            name: dict(value) if isinstance(value, dict) else value
            for name, value in acceptance.settings.to_dict().items()
        },
        "notes": [str(note) for note in [shift, *acceptance.notes] if note is not None],
    }


def _sheet(acceptance: Acceptance, result: SheetResult) -> dict[str, Any]:
    stratum = acceptance.sheets.strata[result.position]
    return {
        "code": str(acceptance.sheets.codes[result.position]),
        "scale": str(acceptance.sheets.scales[result.position]),
        "stratum": None if stratum is None else str(stratum),
        **result.verdict.to_dict(),
        "rates": {name: rate.to_dict() for name, rate in result.rates.items()},
        "accuracies": [accuracy.to_dict() for accuracy in result.accuracies],
    }


def _fault(acceptance: Acceptance, fault: Fault) -> dict[str, Any]:
    """Return a fault as a flat record."""
    return {
        "number": fault.number,
        "sheet": str(acceptance.sheets.codes[fault.sheet]),
        "fault": fault.kind,
        "also": ";".join(fault.kinds[1:]),
        "check_point": fault.point,
        "component": fault.component,
        "field_class": fault.field_class,
        "data_class": fault.data_class,
        "distance_m": None if fault.distance_m is None else round(fault.distance_m, 3),
        "message": str(fault.message),
        "lon": round(float(shapely.get_x(fault.place)), 8),
        "lat": round(float(shapely.get_y(fault.place)), 8),
    }


def _write_html(acceptance: Acceptance, faults: Sequence[Fault], path: Path) -> None:
    path.write_text(page(acceptance, faults), "utf-8")


def _write_json(acceptance: Acceptance, faults: Sequence[Fault], path: Path) -> None:
    path.write_bytes(orjson.dumps(document(acceptance, faults), option=orjson.OPT_INDENT_2))


def _write_csv(acceptance: Acceptance, faults: Sequence[Fault], path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.DictWriter(target, _COLUMNS)
        writer.writeheader()
        for fault in faults:
            record = _fault(acceptance, fault)
            writer.writerow({name: safe_cell(record[name]) for name in _COLUMNS})


_COLUMNS = (
    "number",
    "sheet",
    "fault",
    "also",
    "check_point",
    "component",
    "field_class",
    "data_class",
    "distance_m",
    "message",
    "lon",
    "lat",
)


def _write_gpkg(acceptance: Acceptance, faults: Sequence[Fault], path: Path) -> None:
    write_layer(_sheet_rows(acceptance), acceptance.sheets.geometries, path, "sheets", "MultiPolygon")
    outcomes = [(str(one), OUTCOME_NAMES[one], _OUTCOME_COLOURS[one]) for one in Outcome]
    styles = [category_style("sheets", "fill", "outcome", outcomes, label="code")]
    kinds = [(kind, KIND_NAMES[kind], _COLOURS[kind]) for kind in KINDS]
    moved = [fault for fault in faults if fault.recorded is not None]
    if moved:
        lines = shapely.linestrings([[_xy(fault.recorded), _xy(fault.place)] for fault in moved])
        _write_faults(acceptance, moved, np.asarray(lines, dtype=object), path, "displacements", "LineString")
        styles.append(category_style("displacements", "line", "fault", kinds, preview="message"))
    positions = positions_of(acceptance)
    if len(positions):
        measured = np.asarray(shapely.points(positions["lon"], positions["lat"]), dtype=object)
        write_layer(positions, measured, path, "positions", "Point")
        uses = [(KEPT, t("within the limit"), "143,154,166"), (GROSS, KIND_NAMES["gross"], _COLOURS["gross"])]
        styles.append(category_style("positions", "marker", "use", uses, preview="distance_m"))
    if faults:
        places = np.array([*(fault.place for fault in faults), None], dtype=object)[:-1]
        _write_faults(acceptance, faults, places, path, "mismatches", "Point")
        styles.append(
            category_style("mismatches", "marker", "fault", kinds, label="number", preview="message")
        )
    write_styles(styles, path)


def _write_faults(
    acceptance: Acceptance,
    faults: Sequence[Fault],
    places: NDArray[np.object_],
    path: Path,
    layer: str,
    kind: str,
) -> None:
    rows = pandas.DataFrame([_fault(acceptance, fault) for fault in faults], columns=list(_COLUMNS))
    write_layer(rows, places, path, layer, kind)


def _sheet_rows(acceptance: Acceptance) -> pandas.DataFrame:
    rows = []
    for result in acceptance.results:
        row = _sheet(acceptance, result)
        shares = {name: rate["share"] for name, rate in row.pop("rates").items()}
        del row["accuracies"], row["elements"]
        row["reasons"] = "；".join(row["reasons"])
        rows.append(row | shares)
    return pandas.DataFrame(rows)


def _xy(place: Any) -> tuple[float, float]:
    return float(shapely.get_x(place)), float(shapely.get_y(place))


_WRITERS: dict[str, Callable[[Acceptance, Sequence[Fault], Path], None]] = {
    ".html": _write_html,
    ".json": _write_json,
    ".csv": _write_csv,
    ".gpkg": _write_gpkg,
}
