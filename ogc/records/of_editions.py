"""Records of editions and of their reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gis.text import Text, t
from layers.core import CORE_LAYERS
from layers.reference_systems import Bounds
from ogc.rasters import PublishedRaster
from ogc.records.record import CATALOGUE_ID, GEOJSON, Both, Link, Record, link
from ogc.records.sight import Sight

_OPERATIONS: dict[str, Text] = {
    "import": t("import"),
    "revert": t("taken back"),
    "split": t("split"),
    "merge": t("merge"),
    "retire": t("retirement"),
    "create": t("creation"),
    "replace": t("replacement"),
    "update": t("update"),
    "delete": t("deletion"),
    "convert": t("conversion of classes"),
    "reserve": t("block of numbers handed out"),
    "return": t("block of numbers given back"),
    "field": t("corrections from the field"),
    "settle": t("settlement of ownership"),
    "withdraw": t("withdrawal"),
}

_TABLES: dict[str, Text] = {
    "memberships": t("memberships of grids"),
    "retirements": t("retired codes"),
    "division-codes": t("division codes"),
    "classes": t("classes"),
    "component-aliases": t("aliases of components"),
    "component-photos": t("photographs of components"),
    "number-blocks": t("blocks of numbers"),
    "sheets": t("map sheets"),
    "rasters": t("rasters"),
    "organisations": t("organisations"),
    "duty-contacts": t("duty contacts"),
    "rules": t("case table"),
    "facilities": t("facilities"),
    "precedents": t("precedents"),
    "duty-answers": t("answers of the duty desk"),
    "cases": t("past cases"),
}

_LAYERS = {layer.dataset: Both(layer.title_zh, layer.title_en) for layer in CORE_LAYERS}
_COUNTS = ("added", "changed", "retired", "unchanged")


@dataclass(frozen=True, slots=True)
class EditionRow:
    """What is read of an edition.

    Attributes
    ----------
    parts : tuple of str
        Datasets it touched.
    has_report : bool
        Whether its report was kept.
    counts : tuple of int
        Things added, changed, retired and unchanged.
    """

    id: int
    dataset: str
    operation: str
    committed_at: datetime
    source: str | None
    reverts: int | None
    has_report: bool
    counts: tuple[int, int, int, int]
    parts: tuple[str, ...]


def dataset_title(dataset: str) -> Text | Both:
    """Return what people call a dataset."""
    return _TABLES.get(dataset) or _LAYERS.get(dataset) or Text(dataset)


def edition_record(row: EditionRow, sight: Sight, base: str, *, reported: bool) -> Record:
    """Return the record of an edition as somebody sees it.

    Parameters
    ----------
    row : EditionRow
        The edition.
    sight : Sight
        What the asker sees: counts and the source only of data he reads whole.
    base : str
        Absolute URL of ``/ogc``.
    reported : bool
        Whether there is a report that he may read.
    """
    parts = tuple(name for name in row.parts if name in sight.shown)
    operation = _OPERATIONS.get(row.operation, Text(row.operation))
    whole = sight.whole.issuperset(row.parts)
    return Record(
        id=f"edition:{row.id}",
        type="edition",
        title=t(
            "Edition {number}: {dataset}, {operation}",
            number=row.id,
            dataset=dataset_title(row.dataset),
            operation=operation,
        ),
        description=_description(row) if whole else Text(""),
        keywords=(t("edition"), *map(dataset_title, parts), *parts, operation),
        external_ids=(("edition", str(row.id)), *(("dataset", name) for name in parts)),
        facts={**_facts(row, sight), "datasets": list(parts)},
        links=(*_edition_links(row, sight, base), *(_report_links(row, base) if reported else ())),
        **_when_and_where(row, sight),
    )


def report_record(row: EditionRow, sight: Sight, base: str) -> Record:
    """Return the record of the report an edition was committed with."""
    edition = f"{base}/collections/{CATALOGUE_ID}/items/edition:{row.id}"
    return Record(
        id=f"report:{row.id}",
        type="report",
        title=t("Report on edition {number}: {dataset}", number=row.id, dataset=dataset_title(row.dataset)),
        description=t("What was read, found and changed"),
        keywords=(t("report"), dataset_title(row.dataset), row.dataset),
        external_ids=(("edition", str(row.id)),),
        facts={**_facts(row, sight), "formats": [{"name": "JSON", "mediaType": "application/json"}]},
        links=(
            *_report_links(row, base),
            link("describes", GEOJSON, t("Edition {number}", number=row.id), edition),
        ),
        **_when_and_where(row, sight),
    )


def _description(row: EditionRow) -> Text:
    return t(
        "{added} added, {changed} changed, {retired} retired, {unchanged} unchanged",
        **dict(zip(_COUNTS, row.counts, strict=True)),
    )


def _facts(row: EditionRow, sight: Sight) -> dict[str, Any]:
    facts: dict[str, Any] = {"dataset": row.dataset, "edition": row.id, "operation": row.operation}
    facts["date"] = f"{row.committed_at:%Y-%m-%d}"
    if row.reverts is not None:
        facts["reverts"] = row.reverts
    if sight.whole.issuperset(row.parts):
        facts |= {"source": row.source, **dict(zip(_COUNTS, row.counts, strict=True))}
    return facts


def _when_and_where(row: EditionRow, sight: Sight) -> dict[str, Any]:
    moment = row.committed_at
    entries = [entry for name in row.parts for entry in sight.shown.get(name, ())[:1]]
    boxes = [entry.extent for entry in entries if entry.extent is not None]
    bounds = _joined([*boxes, *(raster.bounds for raster in _rasters(row, sight))])
    return {"start": moment, "end": moment, "created": moment, "updated": moment, "bounds": bounds}


def _rasters(row: EditionRow, sight: Sight) -> list[PublishedRaster]:
    """Return the rasters he sees that are as the edition left them."""
    return [raster for raster in sight.rasters if raster.facts["edition"] == row.id]


def _joined(boxes: Sequence[Bounds]) -> Bounds | None:
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _edition_links(row: EditionRow, sight: Sight, base: str) -> list[Link]:
    links = []
    for name in row.parts:
        for entry in sight.shown.get(name, ())[:1]:
            here = f"{base}/collections/{entry.layer.id}"
            changes = f"{here}/changes?since={row.id - 1}"
            title = t("Changes of {layer}", layer=entry.layer.title)
            links += [
                link("related", "application/json", entry.layer.title, f"{here}?f=json"),
                link("related", "application/json", title, changes),
            ]
    for raster in _rasters(row, sight):
        here = f"{base}/collections/{raster.id}"
        links.append(link("related", "application/json", raster.facts["name"] or raster.id, f"{here}?f=json"))
    if row.reverts is not None:
        record = f"{base}/collections/{CATALOGUE_ID}/items/edition:{row.reverts}"
        links.append(link("predecessor-version", GEOJSON, t("Edition {number}", number=row.reverts), record))
    return links


def _report_links(row: EditionRow, base: str) -> list[Link]:
    href = f"{base}/collections/{CATALOGUE_ID}/reports/{row.id}"
    return [link("describedby", "application/json", t("Report"), f"{href}?f=json")]
