"""A staging for millions of rows: columns of texts, places as coordinates, findings of one kind summed up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import geopandas
import numpy as np
import orjson
import pandas
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.attributes import ATTRIBUTES
from gis.combinations import alike
from gis.errors import DataRefused
from gis.findings import Finding, Severity
from gis.importing import ImportContext
from gis.layer import LAYER, ROW, SourceLayer
from gis.mapping import Field, map_columns
from gis.models import DATASETS
from gis.places import Places, joined
from gis.staging import Position, Staging, as_type, unreadable
from gis.table import Table
from gis.text import t
from gis.texts import Coded, Texts, concatenated, release, texts_of
from gis.values import as_texts

Rows: TypeAlias = NDArray[np.intp]
Tell: TypeAlias = Callable[[int], Mapping[str, Any]]
"""Gives for a row the ``message`` of its finding, and its ``field``, ``value``, ``expected`` and ``hint``."""

TOLD = {Severity.ERROR: 10_000, Severity.WARNING: 10_000, Severity.INFO: 1_000}
"""So many findings of one kind are told one by one; one more stands for all others."""


class CompactStaging(Staging):
    """A delivery of components, column by column.

    Attributes
    ----------
    places : Places
        Where the rows are (EPSG:4490). ``geometries`` and ``source`` of the base class are not filled.
    """

    __slots__ = ("_tables", "places")

    def __init__(
        self, dataset: str, columns: Mapping[str, Texts], tables: Sequence[tuple[str, Table]], key: str
    ) -> None:
        self.dataset, self.key, self.spatial = dataset, key, True
        self.findings, self.notes = [], []
        self.places = joined([table.places for _, table in tables])
        self.refused = np.zeros(len(self.places), dtype=bool)
        self.geometries, self.source = np.zeros(0, dtype=object), pandas.DataFrame()
        self._tables = list(tables)
        rows = np.concatenate([table.rows for _, table in tables])
        layers = concatenated([Coded.constant(path, len(table)) for path, table in tables])
        self._columns = {**columns, ROW: rows, LAYER: layers}

    def column(self, name: str) -> Texts:
        """Return a field as a column of texts."""
        column: Texts = self._columns[name]
        return column

    def values(self, name: str) -> NDArray[np.object_]:
        """Return a field as an array, which is large: see :meth:`column`."""
        column = self._columns[name]
        return column.objects() if isinstance(column, Texts) else np.asarray(column, dtype=object)

    def set(self, name: str, values: Iterable[Any] | Texts) -> None:
        """Set a field of all rows."""
        self._columns[name] = values if isinstance(values, Texts) else texts_of(values)

    def flag_rows(self, rows: Rows, code: str, severity: Severity, tell: Tell) -> None:
        """Add findings about rows, of very many only the first and how many more there are.

        Parameters
        ----------
        rows : ndarray of int
            Positions of the rows.
        code, severity
            Of the findings; errors refuse all the rows.
        tell : callable
            Says of one row what :meth:`flag` takes.
        """
        told = rows[: TOLD[severity]]
        for at in told.tolist():
            self.flag(at, code, severity, **tell(at))
        more = len(rows) - len(told)
        if severity is Severity.ERROR:
            self.refused[rows] = True
        if more:
            first, last = tell(int(rows[0])), tell(int(rows[-1]))
            message = t("{n} more like this, the last in {where}", n=more, where=self.where(rows[-1]))
            shared = {name: last.get(name) for name in ("field", "hint") if last.get(name) == first.get(name)}
            self.findings.append(
                Finding(
                    code,
                    severity,
                    self.dataset,
                    message,
                    field=shared.get("field"),
                    hint=shared.get("hint"),
                    count=more,
                )
            )

    def keep(self, name: str, values: Mapping[int, str] | Texts) -> None:
        """Keep values that a field loses, by position or as a column, among the attributes of their rows."""
        kept = values if isinstance(values, Texts) else _sparse(values, len(self))
        rows = np.flatnonzero(kept.present())
        if not len(rows):
            return
        before, added = self.column(ATTRIBUTES).take(rows).coded(), kept.take(rows).coded()
        which, first = alike((before.codes, len(before.words)), (added.codes, len(added.words)))
        texts = [_with(before[at], name, added[at]) for at in first.tolist()]
        column = self.column(ATTRIBUTES)
        if isinstance(column, Coded):
            self.set(ATTRIBUTES, column.put_rows(rows, Coded.spread(which, texts)))
        else:
            self.set(
                ATTRIBUTES, column.put(dict(zip(rows.tolist(), map(texts.__getitem__, which), strict=True)))
            )

    def accepted(self) -> Table:  # type: ignore[override]
        """Return the rows that were not refused with the dataset's columns.

        Geometries are two-dimensional; a multi of one part becomes that part.
        """
        keep = np.flatnonzero(~self.refused)
        every = len(keep) == len(self)
        columns = {
            name: (self.column(name) if every else self.column(name).take(keep))
            if self.has(name)
            else Coded.constant(None, len(keep))
            for name in DATASETS[self.dataset].columns
        }
        places = self.places if every else self.places.take(keep)
        return Table(columns, self._columns[ROW] if every else self._columns[ROW][keep], _single(places))

    def rejected(self) -> pandas.DataFrame:
        """Return the rows that were refused with the columns of their sources."""
        frames, start = [], 0
        for path, table in self._tables:
            refused = np.flatnonzero(self.refused[start : start + len(table)])
            start += len(table)
            if len(refused):
                frames.append(table.take(refused).frame(ROW).assign(**{LAYER: path}))
        if not frames:
            frames = [geopandas.GeoDataFrame({ROW: [], LAYER: []}, geometry=[], crs="EPSG:4490")]
        every: pandas.DataFrame = pandas.concat(frames, ignore_index=True)
        return every

    def _shape(self, at: Position) -> BaseGeometry | None:
        return self.places[at]

    def _has_one_layer(self) -> bool:
        return len(self._tables) == 1


def stage_compact(
    layers: Sequence[SourceLayer],
    fields: Sequence[Field],
    context: ImportContext,
    *,
    dataset: str,
    key: str,
) -> CompactStaging:
    """Do what :func:`gis.staging.stage` does for deliveries of millions of rows.

    All fields are texts.
    """
    tables, mapped, findings, missing = [], [], [], []
    for layer in layers:
        table = layer.table
        columns, found = _mapped(table, fields, context, dataset)
        tables.append((layer.path, table))
        mapped.append(columns)
        findings += found
        missing.append(np.full(len(table), any(one.severity is Severity.ERROR for one in found)))
        missing[-1] |= unreadable(layer, table.rows)
    names = list(mapped[0])
    whole = {name: concatenated([columns[name] for columns in mapped]) for name in names}
    staging = CompactStaging(dataset, whole, tables, key)
    staging.findings += findings
    staging.refused |= np.concatenate(missing)
    release()
    return staging


def _mapped(
    table: Table, fields: Sequence[Field], context: ImportContext, dataset: str
) -> tuple[dict[str, Texts], list[Finding]]:
    """Map the columns of a layer, all of them to texts that can be stored."""
    options = context.options
    try:
        columns, found = map_columns(
            table.columns,
            table.rows,
            fields,
            given=options.fields,
            constants=options.constants,
            words=options.words,
            dataset=dataset,
        )
        texts = {name: as_texts(column) for name, column in columns.items()}
    except UnicodeEncodeError as error:
        # Halves of surrogate pairs
        raise _not_storable(error.object, dataset) from error
    for column in texts.values():
        for bad in column.containing("\0"):
            raise _not_storable(bad, dataset)
    return texts, found


def _not_storable(value: str, dataset: str) -> DataRefused:
    return DataRefused(
        t("{dataset}: {value} cannot be stored as text", dataset=dataset, value=ascii(value)),
        value=ascii(value),
        expected=t("characters of Unicode, without NUL"),
    )


def _sparse(values: Mapping[int, str], count: int) -> Texts:
    return Coded.constant(None, count).put(values)


def _with(attributes: str | None, name: str, value: str | None) -> str:
    """Add a member to a JSON object."""
    members = orjson.loads(attributes) if attributes else {}
    return orjson.dumps(members | {name: value}).decode()


def _single(places: Places) -> Places:
    """Take the only part out of multiple geometries that have one."""
    return places if places.shapes is None else Places(shapes=as_type(places.shapes.copy(), "GEOMETRY"))
