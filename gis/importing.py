"""Take a delivery into the registry: read, prepare, then refuse or commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from gis.change_report import ChangeReport
from gis.crs import System
from gis.delivered import DeliveredAreas, DeliveredFile
from gis.editions import Change, Look, Written, commit_changes, rehearse
from gis.errors import DataRefused, RegistryUnavailable
from gis.files import read_layers, read_layers_and_tables, read_tables
from gis.findings import Report
from gis.ground import ground_of
from gis.layer import LAYER, SourceLayer
from gis.models import DATASETS
from gis.registry import Registry
from gis.samples import sample_rows, sample_sheet
from gis.table import Table
from gis.tables import Sheet
from gis.text import Text, t


@dataclass(slots=True)
class ImportOptions:
    """What a person said about a delivery.

    Attributes
    ----------
    crs : str, System or None
        Declared reference system; a string is a name, never a file.
    encoding : str or None
        Declared encoding.
    fields : dict
        Target field to source column.
    constants : dict
        Target field to the value every row gets.
    words : dict
        Target field to counterparts of the values of its column.
    standard : str or None
        Edition of the class codes: ``"2007"``, ``"2013"`` or ``"2026"``.
    partial : bool
        Commit the accepted rows although others are refused.
    dry_run : bool
        Commit nothing.
    source : str or None
        Where the delivery is from, kept with the edition.
    buildings : tuple of pathlib.Path
        Files of buildings that the borders of unit grids should not cut.
    draw_changes : bool
        Keep the places of what changes, for the map layer of a GeoPackage report.
    """

    crs: str | System | None = None
    encoding: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    standard: str | None = None
    partial: bool = False
    dry_run: bool = False
    source: str | None = None
    buildings: tuple[Path, ...] = ()
    draw_changes: bool = False


@dataclass(slots=True)
class ImportContext:
    """What a ``prepare`` function may look at besides the delivery.

    Attributes
    ----------
    registry : Registry
        Where to.
    kind : str
        Name of the dataset.
    options : ImportOptions
        What a person said.
    paths : tuple of pathlib.Path
        Files, folders and archives delivered; none where the rows do not come from files.
    """

    registry: Registry
    kind: str
    options: ImportOptions
    paths: tuple[Path, ...] = ()


@dataclass(slots=True)
class Prepared:
    """A delivery turned into rows of a dataset.

    Attributes
    ----------
    dataset : str
        Name of the dataset.
    rows : DataFrame, GeoDataFrame or Table
        Accepted rows with the dataset's columns (geometry in EPSG:4490).
    rejected : DataFrame or GeoDataFrame
        Rows with a finding of severity error, with the columns of the source.
    report : Report
        ``checked``, ``accepted`` and ``rejected`` counted, own findings added. Findings of the
        layers (``F..``) are added by :func:`run_import`, not by ``prepare``.
    also : list of Change
        What the delivery does to other datasets, in the same edition.
    retired : list of tuple
        Keys of live things of the dataset that the delivery retires.
    areas : DeliveredAreas or None
        The rows as a report draws them, of datasets of areas.
    based_on : mapping of str to int or None
        The :func:`gis.editions.basis` that the rows were worked out from: nothing is committed when a
        dataset that changes, or one of ``rests_on``, has a later edition by then.
    rests_on : tuple of str
        Datasets the rows were worked out from.
    """

    dataset: str
    rows: pd.DataFrame | Table
    rejected: pd.DataFrame
    report: Report
    also: list[Change] = field(default_factory=list)
    retired: list[tuple[Any, ...]] = field(default_factory=list)
    areas: DeliveredAreas | None = None
    based_on: Mapping[str, int] | None = None
    rests_on: tuple[str, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The accepted rows as a frame, which is large where they are a table."""
        return self.rows.frame(None) if isinstance(self.rows, Table) else self.rows

    @frame.setter
    def frame(self, rows: pd.DataFrame) -> None:
        self.rows = rows


@dataclass(slots=True)
class ImportReport(Report):
    """A report with the rejected rows, which are written beside it."""

    rejected_rows: pd.DataFrame | None = None


Delivery: TypeAlias = list[SourceLayer] | list[Sheet] | list[SourceLayer | Sheet]
Prepare: TypeAlias = Callable[[Any, ImportContext], Prepared]
Reader: TypeAlias = Callable[[Sequence[Path], ImportContext], Delivery]
Progress: TypeAlias = Callable[[int, int], None]
Changes: TypeAlias = Callable[[Written], ChangeReport]
"""Works out what an edition did to the dataset that is imported."""


def run_import(
    registry: Registry,
    kind: str,
    paths: Sequence[Path],
    options: ImportOptions,
    prepare: Prepare,
    *,
    reader: Reader | None = None,
    changes: Changes | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import one delivery as one edition, or refuse it whole.

    Parameters
    ----------
    registry : Registry
        Where to.
    kind : str
        Name of the dataset (the command line's KIND).
    paths : sequence of pathlib.Path
        Files, folders, archives.
    options : ImportOptions
        What a person said.
    prepare : callable
        Turns the layers (or sheets) into :class:`Prepared`.
    reader : callable, optional
        :func:`read_spatial` or :func:`read_sheets`; by default the first for datasets with a
        geometry, the second for those without.
    changes : callable, optional
        Works out the change report, of a dry run too; not asked when all is new.
    progress : callable, optional
        Passed on to the commit.

    Returns
    -------
    ImportReport
        With ``edition`` set when something was committed.

    Raises
    ------
    DataRefused
        There are errors and ``partial`` was not asked for, or no row is acceptable; its ``report``
        is an :class:`ImportReport`. Nothing was committed.
    """
    context = ImportContext(registry, kind, options, tuple(paths))
    delivery = (reader or _default_reader(kind))(paths, context)
    prepared = prepare(delivery, context)
    report = _full_report(prepared, delivery)

    def look(written: Written) -> None:
        report.changes = None if changes is None else changes(written)

    if options.dry_run:
        if changes is not None:
            _rehearse(registry, prepared, report, look)
    else:
        _refuse_if_unacceptable(report, options)
        report.edition = _commit(registry, prepared, report, options, progress, look)
    return report


def read_spatial(paths: Sequence[Path], context: ImportContext) -> list[SourceLayer]:
    """Read a delivery of features."""
    options, ground = context.options, ground_of(context.registry)
    return read_layers(paths, dataset=context.kind, crs=options.crs, encoding=options.encoding, ground=ground)


def read_sheets(paths: Sequence[Path], context: ImportContext) -> list[Sheet]:
    """Read a delivery of tables."""
    return read_tables(paths, dataset=context.kind, encoding=context.options.encoding)


def read_features_or_tables(paths: Sequence[Path], context: ImportContext) -> list[SourceLayer | Sheet]:
    """Read a delivery that may be features, tables, or both."""
    options, ground = context.options, ground_of(context.registry)
    return read_layers_and_tables(
        paths, dataset=context.kind, crs=options.crs, encoding=options.encoding, ground=ground
    )


def _default_reader(kind: str) -> Reader:
    dataset = DATASETS.get(kind)
    return read_sheets if dataset is not None and dataset.geometry is None else read_spatial


def _full_report(prepared: Prepared, delivery: Delivery) -> ImportReport:
    """Add to the report of the rows what reading the files had to say, files first."""
    rows = prepared.report
    report = ImportReport(
        dataset=rows.dataset,
        checked=rows.checked,
        accepted=rows.accepted,
        rejected=rows.rejected,
        rejected_rows=prepared.rejected,
        files=_files(prepared.rejected, delivery),
        areas=prepared.areas,
    )
    for source, file in zip(delivery, report.files, strict=True):
        report.add(
            found if found.layer is not None else replace(found, layer=source.path)
            for found in source.findings
        )
        report.notes += _evidence(source, file.sample)
    report.add(rows.findings)
    report.notes += rows.notes
    return report


def _files(rejected: pd.DataFrame, delivery: Delivery) -> list[DeliveredFile]:
    """Tell of each file what was read and refused; without the rows' source the second is not known."""
    known = LAYER in rejected.columns or rejected.empty
    refused: Counter[str] = Counter(rejected[LAYER] if LAYER in rejected.columns else ())
    return [
        DeliveredFile(
            source.path,
            source.name,
            len(source),
            refused[source.path] if known else None,
            source.encoding_evidence,
            source.crs_evidence,
            sample_rows(source.table),
        )
        if isinstance(source, SourceLayer)
        else DeliveredFile(
            source.path, source.name, None, None, source.encoding_evidence, None, sample_sheet(source)
        )
        for source in delivery
    ]


def _evidence(source: SourceLayer | Sheet, rows: Text | None) -> list[Text]:
    texts = [source.encoding_evidence]
    if isinstance(source, SourceLayer):
        texts.append(source.crs_evidence)
    notes = [
        t("{path} ({name}): {evidence}", path=source.path, name=source.name, evidence=text)
        for text in texts
        if text is not None
    ]
    if rows is not None:
        notes.append(t("{path} ({name}), as read: {rows}", path=source.path, name=source.name, rows=rows))
    return notes


def _refuse_if_unacceptable(report: ImportReport, options: ImportOptions) -> None:
    errors = report.errors
    if errors and not options.partial:
        raise DataRefused(
            t(
                "{errors} errors in {rejected} of {checked} rows: nothing was imported",
                errors=sum(error.count for error in errors),
                rejected=report.rejected,
                checked=report.checked,
            ),
            report=report,
            hint=t("Correct the rows of the report, or import the others with --partial"),
        )
    if report.accepted == 0:
        raise DataRefused(t("No row is acceptable: nothing was imported"), report=report)


def _rehearse(registry: Registry, prepared: Prepared, report: ImportReport, look: Look) -> None:
    """Work out what the accepted rows would change; a registry that cannot be written to keeps its secret."""
    if not report.accepted:
        return
    try:
        rehearse(registry, Change(prepared.dataset, prepared.rows, prepared.retired), look)
    except RegistryUnavailable as unavailable:
        report.notes.append(t("What would change is not told: {reason}", reason=unavailable.message))


def _commit(
    registry: Registry,
    prepared: Prepared,
    report: ImportReport,
    options: ImportOptions,
    progress: Progress | None,
    look: Look,
) -> int:
    edition = commit_changes(
        registry,
        [Change(prepared.dataset, prepared.rows, prepared.retired), *prepared.also],
        operation="import",
        source=options.source,
        report=report.to_dict(),
        progress=progress,
        based_on=prepared.based_on,
        rests_on=prepared.rests_on,
        look=look,
    )
    return edition.id
