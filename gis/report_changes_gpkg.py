"""The changes in a report's GeoPackage: where things were moved, handed over, added, retired."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.change_kinds import KIND_NAMES, ChangeKind
from gis.change_report import ChangeReport
from gis.change_things import ChangedThing
from gis.change_words import column_name, sides_of
from gis.report_layers import write_layer
from gis.report_styles import LayerStyle, category_style
from gis.text import t

_COLOURS: dict[ChangeKind, str] = {
    ChangeKind.ADDED: "46,125,50",
    ChangeKind.MOVED: "176,0,32",
    ChangeKind.REOWNED: "106,27,154",
    ChangeKind.RECLASSED: "176,106,0",
    ChangeKind.STATE: "0,121,134",
    ChangeKind.ATTRIBUTES: "74,111,165",
    ChangeKind.REWRITTEN: "150,150,160",
    ChangeKind.RETIRED: "60,60,66",
}
_CATEGORIES = tuple((str(kind), KIND_NAMES[kind], rgb) for kind, rgb in _COLOURS.items())


def write_changes(changes: ChangeReport, path: Path) -> list[LayerStyle]:
    """Add the layers of changes to a GeoPackage in EPSG:4490.

    ``changes`` has every thing that the report keeps: a line from the old place to the new where it moved,
    else a point, an empty geometry where there is no place. ``changes_points`` has a point for each thing
    that has a place, ``changes_lines`` the moves; these two have a style. The column ``kind`` is the first
    in the order of :class:`gis.change_kinds.ChangeKind`, ``kinds`` are all of them.

    Parameters
    ----------
    changes : ChangeReport
    path : pathlib.Path

    Returns
    -------
    list of LayerStyle
        For :func:`gis.report_layers.write_styles`.
    """
    things = changes.places
    table, lines, points = _table(things), _moves(things), _points(things)
    moved = ~shapely.is_missing(lines)
    write_layer(table, np.where(moved, lines, points), path, "changes", "Unknown")
    styles = []
    for name, kind, symbol, places in (
        ("changes_points", "Point", "marker", points),
        ("changes_lines", "LineString", "line", lines),
    ):
        at = np.flatnonzero(~shapely.is_missing(places))
        if len(at):
            write_layer(table.iloc[at], places[at], path, name, kind)
            styles.append(category_style(name, symbol, "kind", _CATEGORIES, preview="key"))
    return styles


def _table(things: Sequence[ChangedThing]) -> pd.DataFrame:
    separator = str(t("; "))
    texts: dict[str, list[str | None]] = {
        "key": [thing.id for thing in things],
        "kind": [str(thing.kinds[0]) for thing in things],
        "kinds": [";".join(thing.kinds) for thing in things],
        "name": [thing.name for thing in things],
        "class_code": [thing.class_code for thing in things],
        "before": [separator.join(sides_of(one)[0] for one in thing.transfers) for thing in things],
        "after": [separator.join(sides_of(one)[1] for one in thing.transfers) for thing in things],
        "fields": [separator.join(map(column_name, thing.columns)) for thing in things],
    }
    columns: dict[str, object] = {name: pd.array(values, dtype="object") for name, values in texts.items()}
    columns["metres"] = np.array([thing.metres for thing in things], dtype=np.float64)
    return pd.DataFrame(columns)


def _points(things: Sequence[ChangedThing]) -> NDArray[np.object_]:
    """Return where things are, of those retired where they were."""
    places = [thing.place or thing.old_place for thing in things]
    points = np.full(len(things), None, dtype=object)
    known = np.array([place is not None for place in places], dtype=bool)
    points[known] = shapely.points(np.array([place for place in places if place is not None]).reshape(-1, 2))
    return points


def _moves(things: Sequence[ChangedThing]) -> NDArray[np.object_]:
    """Return lines from the old to the new place of things that moved."""
    lines = np.full(len(things), None, dtype=object)
    for at, thing in enumerate(things):
        moved = ChangeKind.MOVED in thing.kinds and thing.old_place != thing.place
        if moved and thing.old_place is not None and thing.place is not None:
            lines[at] = shapely.LineString([thing.old_place, thing.place])
    return lines
