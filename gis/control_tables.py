"""Read control points: from the description of a city's system itself, or from a CSV beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gis.city_tables import Section, refused
from gis.control_points import ControlPoints
from gis.errors import UsageError
from gis.tables import read_table
from gis.text import t

COLUMNS = ("name", "east", "north", "target_east", "target_north")
"""Columns of the table; a sixth one, ``check``, marks points that only check."""

_CHECK = "check"
_TRUE = ("1", "true", "yes", "是")


def control_points(section: Section, folder: Path) -> ControlPoints:
    """Read the points of a section.

    Parameters
    ----------
    section : Section
        With ``points``, a list of ``[name, east, north, target_east, target_north]``, or ``file``, a CSV
        with those headings, in metres.
    folder : pathlib.Path
        Where ``file`` is looked for.

    Raises
    ------
    UsageError
        Neither or both, a heading missing, or a coordinate that is no number.
    """
    if ("file" in section.values) == ("points" in section.values):
        raise refused(section.shown("points"), t("missing, or given twice"), "points / file")
    rows = _from_file(section, folder) if "file" in section.values else _from_list(section)
    names = [str(row[0]) for row in rows]
    try:
        numbers = np.array([[float(value) for value in row[1:5]] for row in rows], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise _no_number(section) from error
    if len(rows) and not np.isfinite(numbers).all():
        raise _no_number(section)
    numbers = numbers.reshape(-1, 4)
    check = np.array([str(row[5]).strip().lower() in _TRUE if len(row) > 5 else False for row in rows], bool)
    return ControlPoints(names, numbers[:, :2], numbers[:, 2:], check)


def _from_list(section: Section) -> list[Sequence[Any]]:
    points = section.values["points"]
    if not isinstance(points, list) or not all(isinstance(p, list) and len(p) in (5, 6) for p in points):
        expected = f"[[{', '.join(COLUMNS)}], …]"
        raise refused(section.shown("points"), t("no list of points"), expected)
    return points


def _from_file(section: Section, folder: Path) -> list[Sequence[Any]]:
    sheet = read_table(folder / section.text("file"))[0]
    headings = [(heading or "").strip().lower() for heading in sheet.rows[0]]
    missing = [name for name in COLUMNS if name not in headings]
    if missing:
        raise refused(
            section.shown("file"), t("no column {names}", names=", ".join(missing)), ", ".join(COLUMNS)
        )
    wanted = [headings.index(name) for name in (*COLUMNS, *([_CHECK] if _CHECK in headings else []))]
    return [[row[at] for at in wanted] for row in sheet.rows[1:] if any(row)]


def _no_number(section: Section) -> UsageError:
    return refused(section.shown("points"), t("a coordinate is no number"), t("metres"))
