"""The rows of a delivery on their way into a dataset: mapped, checked, accepted or refused.

A ``prepare`` function stages the layers, lets its checks :meth:`Staging.flag` rows, and turns the
rows that were not refused into the frame of the dataset. Every source row ends up accepted or
rejected, none in both and none in neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import InitVar, dataclass, field
from typing import Any, TypeAlias

import geopandas
import numpy as np
import orjson
import pandas
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.attributes import ATTRIBUTES
from gis.delivered import DeliveredAreas
from gis.findings import Finding, Report, Severity
from gis.importing import ImportContext, Prepared
from gis.layer import LAYER, ROW, SourceLayer
from gis.mapping import Field, map_fields
from gis.models import DATASETS
from gis.table import Table
from gis.text import Text, t

Position: TypeAlias = "int | np.integer[Any]"
"""Where a row is in a staging, from 0."""


@dataclass(slots=True)
class Staging:
    """A delivery, row by row.

    Attributes
    ----------
    dataset : str
        Name put into findings.
    rows : DataFrame or GeoDataFrame
        One row per source row: the fields, ``attributes``, ``_row``, ``_layer`` and, for spatial
        deliveries, ``geometry`` (EPSG:4490). Taken apart into columns, see :meth:`values`.
    source : DataFrame
        The original columns of the same rows, which rejected rows are written with.
    key : str
        Field shown as the ``id`` of findings.
    findings : list of Finding
        What was found so far.
    refused : ndarray of bool
        Rows with a finding of severity error.
    geometries : ndarray of geometries
        Those of the rows, missing ones ``None``; empty when the delivery is not spatial.
    notes : list of Text
        What was done to all rows, for the report.
    """

    dataset: str
    rows: InitVar[pandas.DataFrame]
    source: pandas.DataFrame
    key: str
    findings: list[Finding] = field(default_factory=list)
    refused: NDArray[np.bool_] = field(init=False)
    geometries: NDArray[np.object_] = field(init=False)
    spatial: bool = field(init=False)
    _columns: dict[str, Any] = field(init=False)
    notes: list[Text] = field(default_factory=list)

    def __post_init__(self, rows: pandas.DataFrame) -> None:
        self.spatial = isinstance(rows, geopandas.GeoDataFrame)
        self.geometries = np.array(list(rows.geometry) if self.spatial else [], dtype=object)
        self.refused = np.zeros(len(rows), dtype=bool)
        self._columns = {}
        for name in rows.columns:
            if name != "geometry":
                self.set(name, rows[name])

    def __len__(self) -> int:
        return len(self.refused)

    def has(self, name: str) -> bool:
        """Tell whether the rows have a field."""
        return name in self._columns

    def values(self, name: str) -> NDArray[np.object_]:
        """Return a field as an array of values and ``None``, not to be written to: see :meth:`set`."""
        column: NDArray[np.object_] = self._columns[name]
        return column

    def set(self, name: str, values: Iterable[Any]) -> None:
        """Set a field of all rows, missing values as ``None``."""
        column = np.array([*values, None], dtype=object)[:-1]
        column[pandas.isna(column)] = None
        column.flags.writeable = False
        self._columns[name] = column

    def fill(self, name: str, value: str) -> None:
        """Give a field a value where it has none."""
        self.set(name, [value if known is None else known for known in self.values(name)])

    def take_out(self, rows: NDArray[np.bool_]) -> Staging:
        """Move some rows to a staging of their own; what was found so far stays here.

        Parameters
        ----------
        rows : ndarray of bool
            Which rows leave.

        Returns
        -------
        Staging
            Those rows, without findings and notes.
        """
        taken = copy(self)
        taken.findings, taken.notes = [], []
        taken._keep_only(rows)
        self._keep_only(~rows)
        return taken

    def _keep_only(self, rows: NDArray[np.bool_]) -> None:
        self.source = self.source[rows]
        self.refused = self.refused[rows]
        self.geometries = self.geometries[rows] if self.spatial else self.geometries
        self._columns = {name: values[rows] for name, values in self._columns.items()}
        for values in self._columns.values():
            values.flags.writeable = False

    def flag(
        self,
        at: Position,
        code: str,
        severity: Severity,
        message: Text,
        *,
        geometry: BaseGeometry | None = None,
        **details: Any,
    ) -> None:
        """Add a finding about one row; an error refuses the row.

        Parameters
        ----------
        at : int
            Position of the row.
        code, severity, message
            Of the finding.
        geometry : BaseGeometry, optional
            Place of the defect; by default a point in the row's geometry.
        **details
            ``field``, ``value``, ``expected``, ``hint`` of the finding; ``value`` is filled in from the
            field when it is left out.
        """
        named = str(details.get("field"))
        if named in self._columns and "value" not in details:
            details["value"] = _text(self._columns[named][at])
        self.findings.append(
            Finding(
                code,
                severity,
                self.dataset,
                message,
                row=self.row_number(at),
                id=_text(self._columns[self.key][at]),
                layer=self._columns[LAYER][at],
                geometry=self._place(at) if geometry is None else geometry,
                **details,
            )
        )
        if severity is Severity.ERROR:
            self.refused[at] = True

    def row_number(self, at: Position) -> int:
        """Return the 1-based position of a row in its source."""
        return int(self._columns[ROW][at])

    def _place(self, at: Position) -> BaseGeometry | None:
        """Return a point in a row's geometry, or None."""
        geometry = self._shape(at)
        if geometry is None or geometry.is_empty:
            return None
        if isinstance(geometry, shapely.Point):
            return geometry
        if geometry.is_valid:
            return shapely.Point(geometry.point_on_surface())
        return shapely.Point(shapely.get_coordinates(geometry)[0])

    def _shape(self, at: Position) -> BaseGeometry | None:
        return self.geometries[at] if self.spatial else None

    def name_of(self, at: Position) -> Text | str:
        """Name a row for people: its key if it has one, else its number."""
        return _text(self._columns[self.key][at]) or t("row {row}", row=self.row_number(at))

    def where(self, at: Position) -> Text:
        """Say where a row is: its number, and its source when the delivery has several."""
        if self._has_one_layer():
            return t("row {row}", row=self.row_number(at))
        return t("row {row} of {layer}", row=self.row_number(at), layer=self._columns[LAYER][at])

    def _has_one_layer(self) -> bool:
        return len(set(self._columns[LAYER])) == 1

    def keep(self, name: str, values: Mapping[int, str]) -> None:
        """Keep values that a field loses, by position, among the attributes of their rows."""
        texts = self.values(ATTRIBUTES).copy()
        for at, value in values.items():
            kept = orjson.loads(texts[at]) if texts[at] else {}
            texts[at] = orjson.dumps(kept | {name: value}).decode()
        self.set(ATTRIBUTES, texts)

    def add(self, code: str, severity: Severity, message: Text, **details: Any) -> None:
        """Add a finding about the delivery as a whole, or about something that is not in it."""
        self.findings.append(Finding(code, severity, self.dataset, message, **details))

    def accepted(self) -> pandas.DataFrame:
        """Return the rows that were not refused with the dataset's columns.

        Geometries are two-dimensional and of the dataset's type: single polygons and lines become multi
        where it wants them, and where it allows any kind a multi of one part becomes that part.
        """
        dataset = DATASETS[self.dataset]
        keep = np.flatnonzero(~self.refused)
        columns = {
            name: pandas.Series(
                self.values(name)[keep] if self.has(name) else [None] * len(keep), dtype=object
            )
            for name in dataset.columns
        }
        frame = pandas.DataFrame(columns)
        if dataset.geometry is None:
            return frame
        geometries = as_type(shapely.force_2d(self.geometries[keep]), dataset.geometry)
        placed: pandas.DataFrame = geopandas.GeoDataFrame(frame, geometry=geometries, crs="EPSG:4490")
        return placed

    def prepared(self, frame: pandas.DataFrame | Table) -> Prepared:
        """Close the staging.

        Parameters
        ----------
        frame : DataFrame, GeoDataFrame or Table
            Rows of the dataset made of the rows that were not refused.
        """
        report = Report(
            self.dataset,
            checked=len(self),
            accepted=int((~self.refused).sum()),
            rejected=int(self.refused.sum()),
            findings=self.findings,
            notes=self.notes,
        )
        return Prepared(self.dataset, frame, self.rejected(), report, areas=self._delivered_areas())

    def rejected(self) -> pandas.DataFrame:
        """Return the rows that were refused with the columns of their source."""
        return self.source[self.refused]

    def _delivered_areas(self) -> DeliveredAreas | None:
        if DATASETS[self.dataset].geometry != "MULTIPOLYGON" or not self.spatial:
            return None
        return DeliveredAreas(
            self.values(LAYER),
            self.values(ROW).astype(np.int64),
            self.values(self.key),
            self.refused,
            self.geometries,
        )


def stage(
    layers: Sequence[SourceLayer],
    fields: Sequence[Field],
    context: ImportContext,
    *,
    dataset: str,
    key: str,
) -> Staging:
    """Map the columns of all layers and put their rows one under another.

    A required field without a column refuses all rows of its layer. Rows that the reader found
    something wrong with, severity error, are refused too; the finding is the reader's.

    Parameters
    ----------
    layers : sequence of SourceLayer
        What was read.
    fields : sequence of Field
        Target fields.
    context : ImportContext
        What a person said (``--field``, ``--set``).
    dataset : str
        Name of the dataset.
    key : str
        Field that identifies a row.
    """
    frames = [(layer.path, layer.frame) for layer in layers]
    staging = stage_frames(frames, fields, context, dataset=dataset, key=key)
    _refuse_unreadable(staging, layers)
    return staging


def stage_frames(
    frames: Sequence[tuple[str, pandas.DataFrame]],
    fields: Sequence[Field],
    context: ImportContext,
    *,
    dataset: str,
    key: str,
) -> Staging:
    """Do what :func:`stage` does for frames with a name: the sheets of a table, for instance."""
    mapped, findings, missing = [], [], []
    options = context.options
    for name, frame in frames:
        rows, found = map_fields(
            frame,
            fields,
            given=options.fields,
            constants=options.constants,
            words=options.words,
            dataset=dataset,
        )
        mapped.append(rows.assign(**{LAYER: pandas.Series(name, index=rows.index, dtype=object)}))
        findings += found
        refused = any(finding.severity is Severity.ERROR for finding in found)
        missing.append(np.full(len(rows), refused))
    staging = Staging(
        dataset,
        _one_under_another(mapped),
        _one_under_another([frame.assign(**{LAYER: name}) for name, frame in frames]),
        key,
        findings,
    )
    staging.refused |= np.concatenate([np.zeros(0, bool), *missing])
    return staging


def _one_under_another(frames: list[pandas.DataFrame]) -> pandas.DataFrame:
    """Concatenate without losing columns that only some frames have."""
    if not frames:
        raise ValueError("a delivery has at least one layer")
    return pandas.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)


def _refuse_unreadable(staging: Staging, layers: Iterable[SourceLayer]) -> None:
    """Refuse the rows that the reader flagged with an error."""
    start = 0
    for layer in layers:
        here = staging.values(ROW)[start : start + len(layer)]
        staging.refused[start : start + len(layer)] |= unreadable(layer, here.astype(int))
        start += len(layer)


def unreadable(layer: SourceLayer, rows: NDArray[Any]) -> NDArray[np.bool_]:
    """Find the rows, by their position in the source, that the reader flagged with an error."""
    errors = (one.row for one in layer.findings if one.severity is Severity.ERROR and one.row is not None)
    return np.isin(rows, np.fromiter(errors, np.int64))


def as_type(geometries: NDArray[np.object_], wanted: str) -> NDArray[np.object_]:
    """Turn geometries into multi or single ones as a dataset wants them."""
    if wanted.startswith("MULTI"):
        makers: dict[str, Any] = {
            "MULTIPOLYGON": shapely.MultiPolygon,
            "MULTILINESTRING": shapely.MultiLineString,
        }
        collect = makers[wanted]
        made: list[BaseGeometry] = [collect(list(shapely.get_parts(one))) for one in geometries]
        return np.array([*made, None], dtype=object)[:-1]
    single = shapely.get_num_geometries(geometries) == 1
    geometries[single] = shapely.get_geometry(geometries[single], 0)
    return geometries


def _text(value: Any) -> str | None:
    """Return a value as text, missing as None."""
    return None if value is None or value is pandas.NA or value != value else str(value)
