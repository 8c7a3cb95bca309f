"""The inspectors' check points (检查点): what stands in the field, read again independently."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from components.acceptance.settings import ATTRIBUTES
from components.catalogue import Catalogue
from components.classifying import classify
from components.fields import COMPONENT_FIELDS
from components.identifier_column import IdentifierColumn
from gis.compact_staging import CompactStaging, stage_compact
from gis.errors import DataRefused
from gis.files import read_layers
from gis.findings import Finding, Report, Severity
from gis.importing import ImportContext, ImportOptions
from gis.layer import LAYER, ROW
from gis.registry import Registry
from gis.representative import representative_points
from gis.text import Text, t
from grids.fields import field

DATASET = "check-points"
_DIGITS = re.compile(r"\d+", re.ASCII)

POINT_FIELDS = (
    *COMPONENT_FIELDS,
    field("number", "点号 检查点号 检查点编号 序号 PointNo No"),
    field("sheet", "图号 图幅号 图幅编号 图幅 TFH MapNo SheetNo"),
)


@dataclass(frozen=True, slots=True)
class CheckPoints:
    """Check points, one per position.

    Attributes
    ----------
    points : ndarray of Point
        EPSG:4490, longitude and latitude.
    class_codes : ndarray of str
        What the inspector says it is.
    infos : ndarray of ClassInfo or None
        The same from the catalogue.
    identifiers, sheets, names : ndarray of str or None
        The component's identifier as far as it was read, the stated sheet, and how people call the point.
    attributes : mapping of str to ndarray
        What was read of :data:`components.acceptance.settings.ATTRIBUTES`; None where nothing was.
    files : list of str
        What was read.
    notes : list of Text
        How encoding, coordinates and classes were understood.
    findings : list of Finding
        What is odd and refuses nothing.
    """

    points: NDArray[np.object_]
    class_codes: NDArray[np.object_]
    infos: NDArray[np.object_]
    identifiers: NDArray[np.object_]
    sheets: NDArray[np.object_]
    names: NDArray[np.object_]
    attributes: Mapping[str, NDArray[np.object_]]
    files: list[str]
    notes: list[Text]
    findings: list[Finding]

    def __len__(self) -> int:
        return len(self.points)

    def keys(self) -> NDArray[np.object_]:
        """Return what classes are compared by, see :meth:`components.acceptance.census.Census.keys`."""
        keys = [
            code if info is None else info.minor_code
            for code, info in zip(self.class_codes, self.infos, strict=True)
        ]
        return np.array([*keys, None], dtype=object)[:-1]


def read_check_points(
    registry: Registry,
    paths: Sequence[Path],
    options: ImportOptions,
    *,
    standard: str,
    catalogue: Catalogue,
) -> CheckPoints:
    """Read check points from shapefile, GeoPackage, GeoJSON, CSV or Excel.

    Parameters
    ----------
    registry : Registry
        Only its catalogue of classes counts.
    paths : sequence of pathlib.Path
        Files, folders, archives; headings as of components, and 图号, 点号.
    options : ImportOptions
        Coordinate system, encoding and columns as a person said; ``standard`` there beats the other.
    standard : str
        Edition of the class codes of the components that are accepted.
    catalogue : Catalogue
        The classes there are.

    Raises
    ------
    DataRefused
        A point has no place or no class; the report lists all such rows. Half an inspection would make
        the rest look worse or better than it is.
    """
    layers = read_layers(paths, dataset=DATASET, crs=options.crs, encoding=options.encoding)
    staging = stage_compact(
        layers, POINT_FIELDS, ImportContext(registry, DATASET, options), dataset=DATASET, key="number"
    )
    _name_points(staging, several=len(layers) > 1)
    infos = _classify(staging, options.standard or standard, catalogue)
    points = _place(staging)
    _refuse_faulty(staging, [finding for layer in layers for finding in layer.findings])
    notes = [t("{path}: {evidence}", path=layer.path, evidence=layer.crs_evidence) for layer in layers]
    return CheckPoints(
        points,
        staging.values("class_code"),
        infos,
        staging.values("id"),
        staging.values("sheet"),
        staging.values("number"),
        {name: staging.values(name) for name in ATTRIBUTES},
        [layer.path for layer in layers],
        [*notes, *staging.notes],
        [finding for finding in staging.findings if finding.severity is Severity.WARNING],
    )


def _name_points(staging: CompactStaging, *, several: bool) -> None:
    """Call a point without a number by its row, and by its file where there are several."""
    names = [
        number or (f"{layer}#{row}" if several else f"#{row}")
        for number, layer, row in zip(
            staging.values("number"), staging.values(LAYER), staging.values(ROW), strict=True
        )
    ]
    staging.set("number", names)


def _classify(staging: CompactStaging, standard: str, catalogue: Catalogue) -> NDArray[np.object_]:
    """Tell the classes by what the inspector wrote; by identifier or file name only where he wrote nothing.

    The digits of an identifier are the class that is to be checked, and prove nothing; digits in the name of
    a file may be a date.
    """
    own_numbers = staging.values("id")
    written = zip(staging.values("class_code"), staging.values("name"), strict=True)
    words = [code or name for code, name in written]
    codes = [_code(word, standard, catalogue) for word in words]
    staging.set("id", [None if word else own for own, word in zip(own_numbers, words, strict=True)])
    staging.set("class_code", codes)
    identifiers = IdentifierColumn.of(staging.column("id"))
    _, classes = classify(staging, identifiers, standard, catalogue)
    infos = np.array([*(classes[at] for at in range(len(classes))), None], dtype=object)[:-1]
    staging.set("id", own_numbers)
    for at, (word, code) in enumerate(zip(words, codes, strict=True)):
        if word is not None and code is None and not staging.refused[at]:
            _flag_unknown(staging, at, word, standard)
    return infos


def _code(word: str | None, standard: str, catalogue: Catalogue) -> str | None:
    """Return the code an inspector wrote, or that of the only class called like it."""
    if word is None or _DIGITS.fullmatch(word):
        return word
    found = {info.minor_code for info in catalogue.called(standard, word)}
    return found.pop() if len(found) == 1 else None


def _flag_unknown(staging: CompactStaging, at: int, word: str, standard: str) -> None:
    """Refuse a row whose class is told by its file alone while another one is written."""
    staging.flag(
        at,
        "C04",
        Severity.ERROR,
        t(
            "The class {word} of check point {name} is not in the catalogue",
            word=word,
            name=staging.name_of(at),
        ),
        field="class_code",
        value=word,
        expected=t("code or name of a class of {standard}", standard=standard),
    )


def _place(staging: CompactStaging) -> NDArray[np.object_]:
    """Return the points, refusing rows without a place (C15)."""
    points = representative_points(shapely.force_2d(staging.places.geometries()))
    for at in np.flatnonzero(shapely.is_missing(points)):
        staging.flag(
            at,
            "C15",
            Severity.ERROR,
            t("Check point {name} has no position", name=staging.name_of(at)),
            field="geometry",
            expected=t("longitude and latitude, or x and y"),
        )
    return points


def _refuse_faulty(staging: CompactStaging, of_files: list[Finding]) -> None:
    findings = [*of_files, *staging.findings]
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors:
        return
    refused = int(staging.refused.sum())
    report = Report(DATASET, len(staging), len(staging) - refused, refused, findings)
    raise DataRefused(
        t("{errors} errors in the check points: nothing was judged", errors=len(errors)),
        report=report,
        hint=t("The first: {message}", message=errors[0].message),
    )
