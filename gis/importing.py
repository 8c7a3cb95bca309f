"""Take a delivery into the registry: read, prepare, then refuse or commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas

from gis.findings import Report
from gis.layer import SourceLayer
from gis.tables import Sheet

if TYPE_CHECKING:
    from gis.registry import Registry


@dataclass(slots=True)
class ImportOptions:
    """What a person said about a delivery.

    Attributes
    ----------
    crs, encoding : str or None
        Declared reference system and encoding.
    fields : dict
        Target field to source column.
    constants : dict
        Target field to the value every row gets.
    standard : str or None
        Edition of the class codes: ``"2007"``, ``"2013"`` or ``"2026"``.
    partial : bool
        Commit the accepted rows although others are refused.
    dry_run : bool
        Commit nothing.
    source : str or None
        Where the delivery is from, kept with the edition.
    """

    crs: str | None = None
    encoding: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    standard: str | None = None
    partial: bool = False
    dry_run: bool = False
    source: str | None = None


@dataclass(slots=True)
class ImportContext:
    """What a ``prepare`` function may look at besides the delivery."""

    registry: Registry
    kind: str
    options: ImportOptions


@dataclass(slots=True)
class Prepared:
    """A delivery turned into rows of a dataset.

    Attributes
    ----------
    dataset : str
        Name of the dataset.
    frame : DataFrame or GeoDataFrame
        Accepted rows with the dataset's columns (geometry in EPSG:4490).
    rejected : DataFrame or GeoDataFrame
        Rows with a finding of severity error, with the columns of the source.
    report : Report
        ``checked``, ``accepted`` and ``rejected`` counted, own findings added. Findings of the
        layers (``F..``) are added by :func:`run_import`, not by ``prepare``.
    """

    dataset: str
    frame: pandas.DataFrame
    rejected: pandas.DataFrame
    report: Report


@dataclass(slots=True)
class ImportReport(Report):
    """A report with the rejected rows, which are written beside it."""

    rejected_rows: pandas.DataFrame | None = None


Delivery: TypeAlias = list[SourceLayer] | list[Sheet]
Prepare: TypeAlias = Callable[[Any, ImportContext], Prepared]
Reader: TypeAlias = Callable[[Sequence[Path], ImportContext], Delivery]


def run_import(
    registry: Registry,
    kind: str,
    paths: Sequence[Path],
    options: ImportOptions,
    prepare: Prepare,
    *,
    reader: Reader | None = None,
    progress: Callable[[str, int, int], None] | None = None,
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
    raise NotImplementedError
