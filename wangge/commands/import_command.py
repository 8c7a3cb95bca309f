"""``wangge import KIND PATH…``: take files into the registry as one edition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gis.background import add_background
from gis.errors import DataRefused, UsageError
from gis.findings import Report
from gis.importing import ImportOptions, ImportReport
from gis.registry import Registry
from gis.reports import check_report_paths, write_report
from gis.text import t
from layers.delivery_kinds import kind_of
from wangge.deliveries import deliver
from wangge.delivery_options import import_options
from wangge.mapping_files import read_mapping
from wangge.rejected import write_rejected
from wangge.repairing import Repairs, check_repair_path, propose_repairs
from wangge.session import Session, with_session
from wangge.summaries import summary

DONE, REFUSED = 0, 3


@click.command("import", help=str(t("Import files as one edition: all or nothing.")))
@import_options
@click.option("--dry-run", is_flag=True, help=str(t("Check only, commit nothing.")))
@with_session
def command(session: Session, dry_run: bool, **given: Any) -> int:
    """Import a delivery."""
    return run(session, dry_run=dry_run, **given)


def run(
    session: Session,
    *,
    dry_run: bool,
    kind: str,
    paths: tuple[Path, ...],
    report: tuple[Path, ...],
    mapping: Path | None,
    out: Path | None = None,
    **given: Any,
) -> int:
    """Import or check, write the reports and proposed repairs, show what came of it.

    Returns
    -------
    int
        Exit code: 0, or 3 when a check found what an import would refuse.

    Raises
    ------
    DataRefused
        The delivery has errors; the reports were written first.
    """
    kind_of(kind)  # refuse an unknown kind before anything is opened
    check_report_paths(report)
    if out is not None:
        check_repair_path(out, kind, paths)
    options = _import_options(mapping, dry_run=dry_run, **given)
    options.draw_changes = any(path.suffix.lower() == ".gpkg" for path in report)
    # a check works without a registry too
    with session.registry_or_empty() if dry_run else session.registry() as registry:
        progress = session.progress(t("Importing {kind}", kind=kind))
        try:
            result = deliver(registry, kind, paths, options, progress)
        except DataRefused as refused:
            if refused.report is not None:
                _add_background(registry, refused.report, report)
                _write(session, refused.report, report)
                session.tell(summary(refused.report))
                if options.partial:
                    _keep_rejected(session, refused.report, report, paths)
            raise
        _add_background(registry, result, report)
        repairs = None
        if out is not None:
            repairs = propose_repairs(registry, kind, paths, options, out=out, before=result)
    _write(session, result, report)
    if options.partial:
        _keep_rejected(session, result, report, paths)
    _show(session, result, repairs)
    return REFUSED if dry_run and result.errors and not options.partial else DONE


def _keep_rejected(
    session: Session, result: Report, reports: tuple[Path, ...], paths: tuple[Path, ...]
) -> None:
    """Write the rejected rows to a file of their own, and say which."""
    rows = result.rejected_rows if isinstance(result, ImportReport) else None
    kept = write_rejected(rows, result.dataset, reports, findings=result.findings, delivered=paths)
    if kept is not None:
        session.tell(t("The rejected rows are in {path}.", path=str(kept)))


def _show(session: Session, result: Report, repairs: Repairs | None) -> None:
    """Show a report, and what repairs would do to it."""
    document = result.to_dict() if repairs is None else result.to_dict() | {"repairs": repairs.to_dict()}
    session.show(
        document, lambda: "\n".join([summary(result), *([] if repairs is None else repairs.lines())])
    )


def _import_options(
    mapping: Path | None, *, fields: tuple[str, ...], constants: tuple[str, ...], **given: Any
) -> ImportOptions:
    from_file = read_mapping(mapping)
    return ImportOptions(
        fields={**from_file.fields, **pairs("--field", fields)},
        constants={**from_file.constants, **pairs("--set", constants)},
        words=from_file.words,
        **given,
    )


def pairs(option: str, values: tuple[str, ...]) -> dict[str, str]:
    """Take ``TARGET=VALUE`` apart.

    Raises
    ------
    UsageError
        A value has no target.
    """
    found = dict(value.partition("=")[::2] for value in values)
    for value in values:
        if "=" not in value or value.startswith("="):
            raise UsageError(
                t("{option} {value} names no target", option=option, value=value),
                field=option,
                value=value,
                expected="TARGET=VALUE",
            )
    return found


def _add_background(registry: Registry, result: Report, paths: tuple[Path, ...]) -> None:
    if any(path.suffix.lower() == ".html" for path in paths):
        add_background(registry, result)


def _write(session: Session, result: Report, paths: tuple[Path, ...]) -> None:
    for path in paths:
        write_report(result, path)
        session.tell(t("Report written: {path}", path=str(path)))
