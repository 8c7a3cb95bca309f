"""Read records: layers out of the catalogue in memory, editions out of the database piece by piece."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, RowMapping, func, select

from gis.columns import from_json
from gis.errors import NotFound
from gis.models import edition_parts, editions
from gis.text import t
from layers.access import Principal
from layers.classification import read_classifications
from layers.published import Catalogue
from ogc.rasters import rasters_seen
from ogc.records.of_editions import EditionRow, edition_record, report_record
from ogc.records.of_layers import layer_record
from ogc.records.of_rasters import raster_record
from ogc.records.query import LAYERS, RASTERS, Place, RecordsQuery
from ogc.records.record import Record
from ogc.records.sight import Sight, sight_of

# Editions read at once: a catalogue edited feature by feature has very many
_PIECE = 500


@dataclass(frozen=True, slots=True)
class RecordsPage:
    """Some records, and where the page ended when there are more."""

    records: tuple[Record, ...]
    next: str | None


class Records:
    """The records somebody sees.

    Parameters
    ----------
    connection : Connection
        To the registry.
    catalogue : Catalogue
        As he sees it.
    principal : Principal
        Who he is.
    base : str
        Absolute URL of ``/ogc``.
    """

    def __init__(self, connection: Connection, catalogue: Catalogue, principal: Principal, base: str) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._base = base
        rasters = rasters_seen(connection, principal)
        withheld = not all(level.served for level in read_classifications(connection, "raster").values())
        self._sight: Sight = sight_of(catalogue, principal, rasters, withheld=withheld)
        levels = read_classifications(connection, "report")
        self._withheld = {name for name, level in levels.items() if not level.served}

    def page(self, query: RecordsQuery) -> RecordsPage:
        """Return the records that are asked for: layers, rasters, then editions in their order."""
        found = (record for record in self._candidates(query) if query.finds(record))
        records = tuple(islice(found, query.limit + 1))
        more = len(records) > query.limit
        return RecordsPage(records[: query.limit], records[query.limit - 1].id if more else None)

    def one(self, record_id: str) -> Record:
        """Return one record.

        Raises
        ------
        NotFound
            If there is no such record that he may see.
        """
        page = self.page(RecordsQuery(limit=1, ids=frozenset((record_id,))))
        if not page.records:
            raise NotFound(t("There is no record {id}", id=record_id), field="recordId", value=record_id)
        return page.records[0]

    def report(self, number: int) -> object:
        """Return the report an edition was committed with, as JSON types.

        Raises
        ------
        NotFound
            If none was kept, or he may not read it.
        """
        self.one(f"report:{number}")
        return from_json(self._connection.scalar(select(editions.c.report).where(editions.c.id == number)))

    def _candidates(self, query: RecordsQuery) -> Iterator[Record]:
        after = query.after or Place(LAYERS, "", 0, False)
        if after.group == LAYERS and _wants(query, "dataset"):
            latest = _latest(self._connection)
            for name in sorted(self._sight.layers):
                if name > after.name:
                    entry = self._sight.layers[name]
                    yield layer_record(entry, self._catalogue, latest, self._base)
        if after.group <= RASTERS and _wants(query, "raster"):
            behind = after.name if after.group == RASTERS else ""
            for raster in self._sight.rasters:
                if raster.facts["code"] > behind:
                    yield raster_record(raster, self._base)
        if _wants(query, "edition", "report"):
            yield from self._of_editions(query, after)

    def _of_editions(self, query: RecordsQuery, after: Place) -> Iterator[Record]:
        for row in self._edition_rows(query, after):
            reported = (
                row.has_report and str(row.id) not in self._withheld and self._sight.reads_report(row.parts)
            )
            if row.id > after.number:
                yield edition_record(row, self._sight, self._base, reported=reported)
            if reported and (row.id > after.number or not after.behind):
                yield report_record(row, self._sight, self._base)

    def _edition_rows(self, query: RecordsQuery, after: Place) -> Iterator[EditionRow]:
        table = editions.c
        columns = [column for column in table if column.name != "report"]
        statement = select(*columns, table.report.is_not(None).label("has_report"))
        statement = statement.where(table.dataset.in_(self._sight.shown)).order_by(table.id).limit(_PIECE)
        if query.ids is not None:
            statement = statement.where(table.id.in_(_numbers(query.ids)))
        if query.period is not None and query.period.start is not None:
            statement = statement.where(table.committed_at >= query.period.start)
        if query.period is not None and query.period.end is not None:
            statement = statement.where(table.committed_at <= query.period.end)
        last = after.number - 1
        while True:
            rows = self._connection.execute(statement.where(table.id > last)).mappings().all()
            parts = _parts(self._connection, [row["id"] for row in rows])
            yield from (_row(row, parts[row["id"]]) for row in rows)
            if len(rows) < _PIECE:
                return
            last = rows[-1]["id"]


def _wants(query: RecordsQuery, *types: str) -> bool:
    return query.types is None or not query.types.isdisjoint(types)


def _latest(connection: Connection) -> dict[str, tuple[int, datetime]]:
    parts = edition_parts.c
    newest = select(parts.dataset, func.max(parts.edition).label("id")).group_by(parts.dataset).subquery()
    rows = connection.execute(
        select(newest.c.dataset, editions.c.id, editions.c.committed_at).join(
            editions, editions.c.id == newest.c.id
        )
    )
    return {dataset: (number, moment) for dataset, number, moment in rows}


def _parts(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    columns = edition_parts.c
    statement = select(columns.edition, columns.dataset).where(columns.edition.in_(numbers))
    parts: dict[int, list[str]] = defaultdict(list)
    for number, dataset in connection.execute(statement.order_by(columns.edition, columns.position)):
        parts[number].append(dataset)
    return defaultdict(tuple, {number: tuple(found) for number, found in parts.items()})


def _numbers(record_ids: frozenset[str]) -> list[int]:
    """Return the numbers of the editions among some records; what is no identifier is none of them."""
    numbers = set()
    for record_id in record_ids:
        kind, _, number = record_id.partition(":")
        if kind in ("edition", "report") and number.isascii() and number.isdecimal() and len(number) <= 9:
            numbers.add(int(number))
    return sorted(numbers)


def _row(row: RowMapping, parts: tuple[str, ...]) -> EditionRow:
    return EditionRow(
        id=row["id"],
        dataset=row["dataset"],
        operation=row["operation"],
        committed_at=row["committed_at"],
        source=row["source"],
        reverts=row["reverts"],
        has_report=bool(row["has_report"]),
        counts=(row["added"], row["changed"], row["retired"], row["unchanged"]),
        parts=parts or (row["dataset"],),
    )
