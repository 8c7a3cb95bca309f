"""Groups of grids in a delivery: which rows make up a group, and which members it lists.

A group comes as a polygon, as rows of a table, or as both; its members as a list in a cell, or one to a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas
import numpy as np
import pandas
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.findings import Report, Severity
from gis.importing import ImportContext, Prepared
from gis.layer import SourceLayer
from gis.mapping import Field
from gis.models import DATASETS
from gis.sheet import Sheet
from gis.sheet_tables import plain_heading, table_of, tables_of
from gis.staging import Staging, stage, stage_frames
from gis.text import Text, t
from grids.codes import normalise
from grids.pieces import keys_of, multipolygon

_BETWEEN_CODES = re.compile(r"[\s、,，;；/|\[\]\"']+")

Row = tuple[Staging, int]


@dataclass(slots=True)
class Parts:
    """What a delivery of groups consists of: rows with polygons, rows of tables, or both."""

    drawn: Staging | None
    listed: Staging | None

    def __iter__(self) -> Iterator[Staging]:
        return (part for part in (self.drawn, self.listed) if part is not None)

    @property
    def notes(self) -> list[Text]:
        """The notes of the report."""
        return next(iter(self)).notes

    def prepared(self, frame: pandas.DataFrame) -> Prepared:
        """Close the delivery: one report over all its rows."""
        done = [part.prepared(frame) for part in self]
        report = Report(done[0].report.dataset)
        for one in done:
            report.checked += one.report.checked
            report.accepted += one.report.accepted
            report.rejected += one.report.rejected
            report.add(one.report.findings)
            report.notes += one.report.notes
        filled = [one.rejected for one in done if len(one.rejected)]
        rejected = filled[0] if len(filled) == 1 else pandas.concat([one.rejected for one in done])
        return Prepared(report.dataset, frame, rejected, report, areas=done[0].areas)


def stage_parts(
    sources: Sequence[SourceLayer | Sheet], fields: Sequence[Field], context: ImportContext, dataset: str
) -> Parts:
    """Stage the layers and the tables of a delivery apart.

    A table has to name members. One that does not is passed over where it came along with polygons (F05,
    a warning), and refused where there is nothing else.

    Raises
    ------
    DataRefused
        There are only tables, and none has the headings of the fields.
    """
    layers = [source for source in sources if isinstance(source, SourceLayer)]
    sheets = [source for source in sources if isinstance(source, Sheet)]
    drawn = stage(layers, fields, context, dataset=dataset, key="code") if layers else None
    tables = _member_tables(sheets, fields, context, drawn)
    if not tables:
        return Parts(drawn, None)
    needed = [replace(field, required=field.required or field.name == "members") for field in fields]
    return Parts(drawn, stage_frames(tables, needed, context, dataset=dataset, key="code"))


def _member_tables(
    sheets: Sequence[Sheet], fields: Sequence[Field], context: ImportContext, drawn: Staging | None
) -> list[tuple[str, pandas.DataFrame]]:
    """Return the tables of a delivery; beside polygons only those that name members."""
    if drawn is None:
        return tables_of(sheets, fields)
    headings = _member_headings(fields, context)
    found: list[tuple[str, pandas.DataFrame]] = []
    for sheet in sheets:
        table = table_of(sheet, fields)
        if table is not None and any(plain_heading(str(name)) in headings for name in table.columns):
            found.append((f"{sheet.path}/{sheet.name}", table))
        else:
            message = t(
                "{path} ({name}) names no members and is passed over", path=sheet.path, name=sheet.name
            )
            drawn.add("F05", Severity.WARNING, message, field="members", value=sheet.path)
    return found


def _member_headings(fields: Sequence[Field], context: ImportContext) -> set[str]:
    names = [name for field in fields if field.name == "members" for name in (field.name, *field.aliases)]
    return {plain_heading(name) for name in (*names, context.options.fields.get("members", ""))}


@dataclass(slots=True)
class Group:
    """One group of a delivery.

    Attributes
    ----------
    line, code : str
        Its key; ``line`` is empty where the kind has none.
    rows : list of (Staging, int)
        Its rows; the first stands for it in findings.
    members : tuple of str
        Codes as listed, in their order, each once.
    shape : BaseGeometry or None
        The polygon drawn for it, EPSG:4490; None when its boundary is that of its members.
    units : ndarray of int
        Positions of its members among the units, filled in by the checks.
    by_position : bool
        Whether the members were found by position because none was listed.
    """

    line: str
    code: str
    rows: list[Row]
    members: tuple[str, ...]
    shape: BaseGeometry | None
    units: NDArray[np.intp] = field(default_factory=lambda: np.array([], dtype=np.intp))
    by_position: bool = False

    @property
    def refused(self) -> bool:
        """Whether none of its rows is accepted."""
        return all(staging.refused[at] for staging, at in self.rows)

    @property
    def severity(self) -> Severity:
        """Of what the checks say of its members: those nobody listed are less of a promise."""
        return Severity.INFO if self.by_position else Severity.WARNING

    def flag(
        self,
        code: str,
        severity: Severity,
        message: Text,
        *,
        geometry: BaseGeometry | None = None,
        **details: Any,
    ) -> None:
        """Add a finding at the first row; an error refuses all rows."""
        staging, at = self.rows[0]
        staging.flag(at, code, severity, message, geometry=geometry, **details)
        if severity is Severity.ERROR:
            self.refuse()

    def refuse(self) -> None:
        """Refuse all rows."""
        for staging, at in self.rows:
            staging.refused[at] = True


def gather_groups(parts: Parts, names: Sequence[str]) -> list[Group]:
    """Put the rows of each key together; groups whose rows contradict each other are refused (G08).

    A group that is drawn needs one accepted polygon. One that is only listed is refused as soon as one of
    its rows is: its boundary would lack a part.

    Parameters
    ----------
    parts : Parts
        Staged rows with the fields of the key and ``members``.
    names : sequence of str
        Fields that make up the key: the code last, before it the line where there is one.

    Returns
    -------
    list of Group
        Those that are not refused, in the order of the delivery.
    """
    rows: dict[tuple[str, ...], list[Row]] = {}
    for staging in parts:
        for at, key in enumerate(keys_of(staging, names)):
            if isinstance(key, tuple) and None not in key:
                rows.setdefault(key, []).append((staging, at))
    groups = [_group(key, own, parts) for key, own in rows.items()]
    return [group for group in groups if not group.refused]


def _group(key: tuple[str, ...], rows: list[Row], parts: Parts) -> Group:
    drawn = [at for staging, at in rows if staging is parts.drawn]
    kept = [at for at in drawn if parts.drawn is not None and not parts.drawn.refused[at]]
    shape = None
    if kept and parts.drawn is not None:
        shape = multipolygon(parts.drawn.geometries[kept])
    group = Group(key[-2] if len(key) > 1 else "", key[-1], rows, _listed_members(rows), shape)
    _refuse_other_names(group, parts)
    if (drawn and not kept) or (not drawn and any(staging.refused[at] for staging, at in rows)):
        group.refuse()
    return group


def _listed_members(rows: Sequence[Row]) -> tuple[str, ...]:
    texts = [str(staging.values("members")[at] or "") for staging, at in rows]
    codes = [normalise(code) for text in texts for code in _BETWEEN_CODES.split(text) if code]
    return tuple(dict.fromkeys(codes))


def _refuse_other_names(group: Group, parts: Parts) -> None:
    """Refuse a listed group whose rows carry different names: they are not rows of one thing."""
    if parts.listed is None or not parts.listed.has("name"):
        return
    named = [(at, parts.listed.values("name")[at]) for staging, at in group.rows if staging is parts.listed]
    named = [(at, name) for at, name in named if name is not None]
    for at, name in named[1:]:
        if name != named[0][1]:
            parts.listed.flag(
                at,
                "G08",
                Severity.ERROR,
                t(
                    "Code {code} is also that of {where}, which is another place or name",
                    code=group.code,
                    where=parts.listed.where(named[0][0]),
                ),
                field="code",
                hint=t("Give one of the two a code of its own"),
            )


def group_frame(
    groups: Sequence[Group], dataset: str, shapes: Sequence[BaseGeometry]
) -> geopandas.GeoDataFrame:
    """Make the rows of a dataset: of several rows of a group the first with a value gives it.

    Parameters
    ----------
    groups : sequence of Group
        Accepted ones.
    dataset : str
        Their dataset.
    shapes : sequence of geometries
        MultiPolygons, EPSG:4490, one for each group.
    """
    columns = {
        name: np.array([*(_value(group, name) for group in groups), None], dtype=object)[:-1]
        for name in DATASETS[dataset].columns
    }
    return geopandas.GeoDataFrame(
        pandas.DataFrame(columns, dtype=object),
        geometry=np.array([*shapes, None], dtype=object)[:-1],
        crs="EPSG:4490",
    )


def _value(group: Group, name: str) -> object:
    accepted = [(staging, at) for staging, at in group.rows if not staging.refused[at] and staging.has(name)]
    return next((v for staging, at in accepted if (v := staging.values(name)[at]) is not None), None)
