"""``wangge check rules --sweep``: who answers for every class at every place of the registry."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from gis.errors import UsageError
from gis.reports import check_report_paths, write_report
from gis.text import t
from responsibility.settings import load_settings
from responsibility.sweep.run import sweep
from wangge.session import Session
from wangge.summaries import summary

DONE, REFUSED = 0, 3


def run_sweep(session: Session, kind: str, paths: tuple[Path, ...], reports: tuple[Path, ...]) -> int:
    """Sweep the registry, write the reports, show what was found.

    Returns
    -------
    int
        Exit code: 0, or 3 when somewhere nobody answers.

    Raises
    ------
    UsageError
        Another kind than rules is named, or files are: a sweep is of what the registry holds.
    """
    if kind != "rules" or paths:
        raise UsageError(
            t("A sweep is of the rules the registry holds"),
            field="--sweep",
            value=kind if kind != "rules" else str(paths[0]),
            expected="wangge check rules --sweep",
        )
    check_report_paths(reports)
    with session.registry() as registry:
        progress = session.progress(t("Sweeping"))
        found = sweep(registry, load_settings(), datetime.now(UTC), progress)
    for path in reports:
        write_report(found, path)
        session.tell(t("Report written: {path}", path=str(path)))
    session.show(found.to_dict(), lambda: summary(found))
    return REFUSED if found.errors else DONE
