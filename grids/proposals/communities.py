"""Communities as they are delivered or registered, and whether they can be divided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.errors import DataRefused, NotFound
from gis.findings import Finding, Report, Severity
from gis.layer import ROW, SourceLayer
from gis.mapping import map_fields
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import Text, t
from grids.codes import Level, normalise, parse_division_code
from grids.fields import DIVISION_FIELDS
from grids.pieces import multipolygon
from grids.proposals.request import Communities
from grids.topology import Surfaces, area_text, find_overlaps

_AREAL = (3, 6)


@dataclass(slots=True)
class Delivered:
    """Communities with what was found wrong.

    Attributes
    ----------
    communities : Communities
        Those that can be divided.
    findings : list of Finding
        About those that cannot (severity error).
    notes : list of Text
        How the files were understood, what was left out.
    refused : set of str
        Codes, or rows where there is none, that cannot be divided.
    """

    communities: Communities
    findings: list[Finding] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def accepted(self, *, partial: bool) -> Communities:
        """Return the communities, unless some cannot be divided and that was not allowed.

        Raises
        ------
        DataRefused
            Some cannot be divided and ``partial`` is false, or none can.
        """
        if self.findings and (not partial or not len(self.communities)):
            report = Report("divisions", findings=self.findings, notes=self.notes)
            report.accepted, report.rejected = len(self.communities), len(self.refused)
            report.checked = report.accepted + report.rejected
            first = self.findings[0]
            raise DataRefused(
                t("{n} communities cannot be divided: {first}", n=len(self.refused), first=first.message),
                field="--communities",
                value=first.value,
                expected=first.expected,
                hint=t("Correct them (wangge check divisions shows where), or leave them out with --partial"),
                report=report,
            )
        return self.communities


@dataclass(slots=True)
class _Rows:
    """Rows of all layers, one array a field."""

    code: list[str | None]
    name: list[str | None]
    geometry: list[BaseGeometry | None]
    where: list[str]
    number: list[int]


def communities_of_layers(layers: Sequence[SourceLayer], fields: Mapping[str, str]) -> Delivered:
    """Take communities out of layers that were read.

    Rows of one code are pieces of one community. Divisions of other levels in the same layer are
    left out, which is noted.
    """
    rows, notes = _Rows([], [], [], [], []), []
    for layer in layers:
        mapped, found = map_fields(layer.frame, DIVISION_FIELDS, given=dict(fields), dataset="divisions")
        _refuse_missing_column(layer, found)
        notes.append(
            t("{path} ({name}): {evidence}", path=layer.path, name=layer.name, evidence=layer.crs_evidence)
        )
        rows.code += [_code(value) for value in mapped["code"]]
        rows.name += [None if pandas.isna(value) else str(value) for value in mapped["name"]]
        rows.geometry += list(layer.frame.geometry)
        rows.where += [layer.path] * len(mapped)
        rows.number += [int(number) for number in mapped[ROW]]
    return _delivered(rows, notes)


def communities_of_registry(registry: Registry) -> Delivered:
    """Take the communities of a registry.

    Raises
    ------
    NotFound
        It has none.
    """
    community = DATASETS["divisions"].live.c.level == str(Level.COMMUNITY)
    frame = read_frame(registry, "divisions", where=community, columns=["code", "name", "geometry"])
    if not len(frame):
        raise NotFound(
            t("The registry has no communities to divide"),
            field="--communities",
            hint=t("Import divisions first, or name a file with --communities"),
        )
    names = [None if pandas.isna(name) else str(name) for name in frame["name"]]
    where = [registry.location] * len(frame)
    numbers = list(range(1, len(frame) + 1))
    return _delivered(_Rows(list(frame["code"]), names, list(frame.geometry), where, numbers), [])


def _refuse_missing_column(layer: SourceLayer, found: Sequence[Finding]) -> None:
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if errors:
        raise DataRefused(
            t("{path}: {message}", path=layer.path, message=errors[0].message),
            field="--communities",
            value=layer.path,
            expected=errors[0].expected,
            hint=errors[0].hint,
            report=Report("divisions", findings=errors),
        )


def _code(value: object) -> str | None:
    if value is None or pandas.isna(value):  # type: ignore[call-overload]
        return None
    return normalise(str(value)) or None


def _delivered(rows: _Rows, notes: list[Text]) -> Delivered:
    """Sort the rows into communities and what cannot be divided."""
    delivered = Delivered(_none(), notes=notes)
    groups: dict[str, list[int]] = defaultdict(list)
    others = 0
    for at, code in enumerate(rows.code):
        division = None if code is None else parse_division_code(code)
        if division is not None and division.level is not Level.COMMUNITY:
            others += 1
        elif _usable(delivered, rows, at):
            groups[str(code if division is None else division.code)].append(at)
    if others:
        notes.append(t("{n} divisions of other levels are left out", n=others))
    if not groups and not delivered.findings:
        raise DataRefused(
            t("No community is in {path}", path=", ".join(dict.fromkeys(rows.where))),
            field="--communities",
            expected=t("divisions of level community: 12 digits, or a code of the city's own"),
        )
    bad = {str(rows.code[at]) for at in range(len(rows.code)) if _name(rows, at) in delivered.refused}
    codes = [code for code in sorted(groups) if code not in bad]
    delivered.communities = _without_overlaps(delivered, _joined(rows, groups, codes))
    return delivered


def _none() -> Communities:
    empty = np.array([], dtype=object)
    return Communities(empty, empty, empty)


def _name(rows: _Rows, at: int) -> str:
    code = rows.code[at]
    return code if code is not None else f"{rows.where[at]}:{rows.number[at]}"


def _usable(delivered: Delivered, rows: _Rows, at: int) -> bool:
    """Report a row without code (G13) or polygon (F11), and an invalid polygon (G01)."""
    geometry, name = rows.geometry[at], rows.name[at]
    who = rows.code[at] if rows.code[at] and not name else f"{rows.code[at] or ''} {name or ''}".strip()
    place = t("row {row} of {layer}", row=rows.number[at], layer=rows.where[at])
    shown: Text | str = who or place
    absent = geometry is None or geometry.is_empty
    if rows.code[at] is None:
        code, message = "G13", t("{name} has no code", name=shown)
    elif absent or shapely.get_type_id(geometry) not in _AREAL:
        code, message = "F11", t("{name} has no polygon", name=shown)
    elif not shapely.is_valid(geometry):
        reason = shapely.is_valid_reason(geometry)
        code, message = "G01", t("the polygon of {name} is invalid: {reason}", name=shown, reason=reason)
    else:
        return True
    _refuse(delivered, _name(rows, at), code, message, row=rows.number[at], layer=rows.where[at])
    return False


def _refuse(
    delivered: Delivered,
    name: str,
    code: str,
    message: Text,
    *,
    row: int | None = None,
    layer: str | None = None,
    geometry: BaseGeometry | None = None,
) -> None:
    delivered.refused.add(name)
    delivered.findings.append(
        Finding(code, Severity.ERROR, "divisions", message, row=row, id=name, layer=layer, geometry=geometry)
    )


def _joined(rows: _Rows, groups: Mapping[str, list[int]], codes: Sequence[str]) -> Communities:
    """Make one community of the rows of each code."""
    geometries = [
        multipolygon(np.array([*(rows.geometry[at] for at in groups[code]), None], dtype=object)[:-1])
        for code in codes
    ]
    names = [next((rows.name[at] for at in groups[code] if rows.name[at]), None) for code in codes]
    arrays: list[NDArray[np.object_]] = [
        np.array([*values, None], dtype=object)[:-1] for values in (codes, names, geometries)
    ]
    return Communities(*arrays)


def _without_overlaps(delivered: Delivered, communities: Communities) -> Communities:
    """Report communities over the same ground (G03) and leave them out."""
    if not len(communities):
        return communities
    keep = np.ones(len(communities), dtype=bool)
    for defect in find_overlaps(Surfaces(communities.geometries)):
        if defect.negligible:
            continue
        left, right = communities.label(defect.left), communities.label(defect.right)
        message = t(
            "{left} and {right} overlap by {area} m²",
            left=left,
            right=right,
            area=area_text(defect.area_m2),
        )
        for at in (defect.left, defect.right):
            keep[at] = False
            delivered.refused.add(str(communities.codes[at]))
        _refuse(delivered, str(communities.codes[defect.right]), "G03", message, geometry=defect.geometry)
    return communities.take(keep)
