"""Changes that a delivery would make, and what they would mean for past cases; nothing is committed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas

from gis.editions import Change
from gis.errors import DataRefused, UsageError
from gis.importing import ImportContext, ImportOptions, Prepared, run_import
from gis.registry import Registry
from gis.text import t
from layers.delivery_kinds import kind_of
from responsibility.cases.proposed import PROPOSABLE
from responsibility.cases.what_if import WhatIf, what_if
from responsibility.cases.what_if_files import what_if_files


def try_out(
    registry: Registry,
    changes: Sequence[Change],
    *,
    cases: pandas.DataFrame | None = None,
    as_of: datetime | None = None,
    out: Sequence[Path] = (),
    progress: Callable[[int, int], None] | None = None,
) -> WhatIf:
    """Hold changes against past cases and write the differences to files as they are found.

    Parameters are those of :func:`responsibility.cases.what_if.what_if` and of
    :func:`responsibility.cases.what_if_files.what_if_files`.

    Raises
    ------
    UsageError
        There are no past cases; nothing is written.
    """
    with what_if_files(out) as files:
        found = what_if(
            registry, changes, cases=cases, as_of=as_of, on_difference=files.add, progress=progress
        )
        if found.cases == 0:
            raise UsageError(
                t("There are no past cases to try it out on"),
                field="--cases",
                expected=t("--cases FILE, or wangge import cases FILE"),
            )
        files.finish(found)
    return found


def changes_of(
    registry: Registry, deliveries: Iterable[tuple[str, Sequence[Path], ImportOptions]]
) -> list[Change]:
    """Prepare deliveries as an import would and return what they would change.

    Parameters
    ----------
    registry : Registry
    deliveries : iterable of (kind, paths, options)
        Each kind once.

    Raises
    ------
    DataRefused
        A delivery has errors; its ``report`` names them.
    UsageError
        A kind that cannot be tried out, or that is given twice.
    """
    changes: dict[str, Change] = {}
    for kind, paths, options in deliveries:
        if kind not in PROPOSABLE:
            kind_of(kind)
            raise _not_proposable(kind)
        prepared = prepare_only(registry, kind, paths, options)
        main = Change(prepared.dataset, prepared.rows, prepared.retired)
        # What comes along without a part in answers (duty contacts, say) changes no answer.
        for change in [main, *(also for also in prepared.also if also.dataset in PROPOSABLE)]:
            if change.dataset in changes:
                raise UsageError(
                    t("{kind} is given twice", kind=change.dataset), field="KIND", value=change.dataset
                )
            changes[change.dataset] = change
    return list(changes.values())


def cases_in(registry: Registry, paths: Sequence[Path], options: ImportOptions) -> pandas.DataFrame:
    """Read files of past cases as an import would, without storing them.

    Raises
    ------
    DataRefused
        The files have errors and ``partial`` was not asked for.
    """
    return prepare_only(registry, "cases", paths, options).frame


def prepare_only(registry: Registry, kind: str, paths: Sequence[Path], options: ImportOptions) -> Prepared:
    """Take a delivery as far as an import does before it commits.

    Raises
    ------
    DataRefused
        What an import would refuse.
    """
    chosen, caught = kind_of(kind), list[Prepared]()

    def prepare(delivery: Any, context: ImportContext) -> Prepared:
        caught.append(chosen.prepare(delivery, context))
        return caught[-1]

    report = run_import(registry, kind, paths, replace(options, dry_run=True), prepare, reader=chosen.reader)
    if report.accepted == 0 or (report.errors and not options.partial):
        raise DataRefused(
            t(
                "{rejected} of {checked} rows of {kind} are refused",
                rejected=report.rejected,
                checked=report.checked,
                kind=kind,
            ),
            report=report,
            hint=t("wangge check {kind} tells what is wrong", kind=kind),
        )
    return caught[-1]


def deliveries_of(
    given: Mapping[str, str | Path | Sequence[str | Path]],
) -> list[tuple[str, list[Path], ImportOptions]]:
    """Read kinds with their files as Python users give them."""
    several = {
        kind: [files] if isinstance(files, str | Path) else list(files) for kind, files in given.items()
    }
    return [(kind, [Path(file) for file in files], ImportOptions()) for kind, files in several.items()]


def _not_proposable(kind: str) -> UsageError:
    return UsageError(
        t("Changes of {kind} cannot be tried out", kind=kind),
        field="KIND",
        value=kind,
        expected=", ".join(PROPOSABLE),
    )
