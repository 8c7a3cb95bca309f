"""``wangge quality``: what share of answers was decided automatically, by class, street, unit and rule."""

from __future__ import annotations

from pathlib import Path

import click

from gis.errors import UsageError
from gis.text import t
from responsibility.cases.quality import (
    Quality,
    quality_lines,
    quality_of_cases,
    quality_of_file,
    write_quality,
)
from responsibility.cases.tables import check_paths
from wangge.session import Session, with_session

_PATH = click.Path(path_type=Path)


@click.command(
    "quality",
    help=str(
        t(
            "Shares of answers decided automatically, with alternatives, by fallback, undecided: of a FILE"
            " that resolve --in wrote, else of the past cases of the registry."
        )
    ),
)
@click.argument("file", required=False, type=_PATH)
@click.option("--class-column", default=None, metavar="COL", help=str(t("Column of the class.")))
@click.option(
    "--out", "out", type=_PATH, multiple=True, help=str(t("Where the figures go: .html .csv .json"))
)
@with_session
def command(session: Session, file: Path | None, class_column: str | None, out: tuple[Path, ...]) -> None:
    """Show quality figures."""
    check_paths(out)
    found = _quality(session, file, class_column)
    for path in out:
        write_quality(found, path)
        session.tell(t("Report written: {path}", path=str(path)))
    session.show(found.to_dict(), lambda: "\n".join(quality_lines(found)))


def _quality(session: Session, file: Path | None, class_column: str | None) -> Quality:
    progress = session.progress(t("Counting"))
    if file is not None:
        return quality_of_file(file, class_column=class_column, progress=progress)
    with session.registry() as registry:
        found = quality_of_cases(registry, progress=progress)
    if not found.total:
        raise UsageError(
            t("There are no answers to count"),
            field="FILE",
            expected=t("a file of answers, or past cases in the registry"),
        )
    return found
