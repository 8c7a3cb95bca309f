"""Import or check a delivery of any kind; the command line, Python and the demonstration meet here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from gis.change_report import PLACES
from gis.errors import DataRefused, UsageError
from gis.findings import Report
from gis.importing import ImportOptions, ImportReport, run_import
from gis.registry import Registry
from gis.text import t
from layers.delivery_kinds import kind_of


def deliver(
    registry: Registry,
    kind: str,
    paths: Sequence[Path],
    options: ImportOptions,
    progress: Callable[..., None] | None = None,
) -> ImportReport:
    """Import a delivery by the name of its kind, see :func:`gis.importing.run_import`.

    Raises
    ------
    UsageError
        Buildings are given with another kind than unit grids; and what the import itself raises.
    """
    chosen = kind_of(kind)
    if options.buildings and kind != "grids":
        raise UsageError(
            t("Buildings are compared with unit grids only, not with {kind}", kind=kind),
            field="--buildings",
            value=str(options.buildings[0]),
            expected="grids",
        )
    return run_import(
        registry,
        kind,
        paths,
        options,
        chosen.prepare,
        reader=chosen.reader,
        changes=partial(chosen.changes, chosen.name, PLACES if options.draw_changes else 0),
        progress=progress,
    )


def examine_delivery(registry: Registry, kind: str, paths: Sequence[Path], options: ImportOptions) -> Report:
    """Check a delivery and commit nothing; what refuses it is in the report too.

    Raises
    ------
    DataRefused
        Nothing could be reported on.
    """
    try:
        return deliver(registry, kind, paths, replace(options, dry_run=True))
    except DataRefused as refused:
        if refused.report is None:
            raise
        return refused.report
