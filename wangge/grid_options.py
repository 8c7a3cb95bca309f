"""What the commands that change unit grids share: their options, the lines they read, what they show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import click
import numpy as np
import shapely

from gis.crs import System
from gis.dates import parse_date
from gis.errors import DataRefused, UsageError
from gis.files import read_layers
from gis.text import Text, t
from grids.lifecycle.plan import Order
from responsibility.grid_edits import REFERRING, GridEdit
from wangge.session import Session
from wangge.system_option import SYSTEM

_CHINA = timezone(timedelta(hours=8))
_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)

OPERATIONS: dict[str, Text] = {
    "split": t("split"),
    "merge": t("merge"),
    "move": t("boundary moved"),
    "retire": t("retired without successor"),
    "recode": t("recoded"),
}


def edit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--why``, ``--date`` and ``--dry-run`` to a command."""
    options = (
        click.option("--why", help=str(t("Reason, kept for the record."))),
        click.option("--date", "day", help=str(t("Day it takes effect; today by default."))),
        click.option("--dry-run", is_flag=True, help=str(t("Only tell what would be done."))),
    )
    for option in reversed(options):
        command = option(command)
    return command


def line_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--by`` and ``--crs`` to a command."""
    by = click.option(
        "--by",
        required=True,
        type=click.Path(path_type=Path),
        help=str(t("File with the line or lines to cut along.")),
    )
    crs = click.option(
        "--crs", type=SYSTEM, help=str(t("Coordinate system of the file, where it names none."))
    )
    return by(crs(command))


def order_of(why: str | None, day: str | None) -> Order:
    """Return the order that options describe; without a day it is today, by the time of China.

    Raises
    ------
    UsageError
        The day is none.
    """
    return Order(today() if day is None else _day(day), why)


def today() -> date:
    """Return the day it is by the time of China."""
    return datetime.now(UTC).astimezone(_CHINA).date()


def read_lines(path: Path, crs: System | None) -> list[shapely.LineString]:
    """Read the lines of a file.

    Returns
    -------
    list of LineString
        EPSG:4490, multiple ones taken apart.

    Raises
    ------
    DataRefused
        Something in it is no line.
    """
    lines: list[shapely.LineString] = []
    for layer in read_layers([path], dataset="lines", crs=crs):
        geometries = np.array([*layer.frame.geometry, None], dtype=object)[:-1]
        wrong = np.flatnonzero(~np.isin(shapely.get_type_id(geometries), _LINES))
        if len(wrong):
            found = geometries[wrong[0]]
            raise DataRefused(
                t("Row {row} of {path} is no line", row=int(wrong[0]) + 1, path=layer.path),
                field="--by",
                value=None if found is None else found.geom_type,
                expected=t("lines to cut along"),
            )
        lines += [shapely.LineString(line) for line in shapely.get_parts(shapely.force_2d(geometries))]
    return lines


def show_edit(session: Session, edit: GridEdit) -> None:
    """Show what an operation did, or would do."""
    session.show(edit.to_dict(), lambda: "\n".join(map(str, _lines(edit))))


def _lines(edit: GridEdit) -> list[Text | str]:
    told: list[Text | str] = [OPERATIONS[edit.operation]]
    for old, new in [*edit.recoded.items(), *edit.successors.items()]:
        followers = ", ".join([new] if isinstance(new, str) else new)
        told.append(f"  {old} → {followers or '—'}")
    for dataset, count in edit.references.items():
        told.append(t("  {count} rows of {dataset} follow", count=count, dataset=REFERRING[dataset]))
    told += [t("  Note: {note}", note=note) for note in edit.notes]
    if edit.edition is None:
        told.append(t("Tried only: nothing was changed."))
    else:
        told.append(t("Committed as edition {edition}.", edition=edit.edition.id))
        told.append(t("To undo it: wangge editions revert {edition}", edition=edit.edition.id))
    return told


def _day(text: str) -> date:
    day = parse_date(text)
    if day is None:
        raise UsageError(
            t("{value} is no date", value=text), field="--date", value=text, expected="2026-11-20"
        )
    return day
