"""The links to photos that the registry has, and what a delivery changes of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas
from sqlalchemy import select

from components.known import in_parts
from components.photos.names import Folders, parts_of
from gis.editions import Change
from gis.models import DATASETS
from gis.registry import Registry

DATASET = "component-photos"
COLUMNS = DATASETS[DATASET].columns

Row = tuple[str, str, str | None, str | None, float | None, float | None, str | None]
"""Component, path in its delivery, SHA-256, when taken, longitude, latitude, note."""


def links_of(registry: Registry, identifiers: Iterable[str]) -> dict[str, list[Row]]:
    """Return the live links of some components, by component and in the order of paths."""
    table = DATASETS[DATASET].live
    columns = [table.c[name] for name in COLUMNS]
    found: dict[str, list[Row]] = defaultdict(list)
    for part in in_parts(identifiers):
        statement = select(*columns).where(table.c.component_id.in_(part)).order_by(*columns[:2])
        with registry.connect() as connection:
            for row in connection.execute(statement):
                found[row[0]].append((row[0], row[1], row[2], row[3], row[4], row[5], row[6]))
    return dict(found)


def paths_of(registry: Registry, identifiers: Iterable[str]) -> dict[str, list[str]]:
    """Return the paths of the live links of some components."""
    return {
        component: [row[1] for row in rows] for component, rows in links_of(registry, identifiers).items()
    }


def fitting(name: str, paths: Iterable[str]) -> list[str]:
    """Return the paths of an earlier delivery that a name fits: the same file in folders that agree."""
    stated = parts_of(name)
    return [path for path in paths if _agree(stated, parts_of(path))]


def _agree(stated: tuple[Folders, str, str], known: tuple[Folders, str, str]) -> bool:
    n = min(len(stated[0]), len(known[0]))
    same_end = stated[0][len(stated[0]) - n :] == known[0][len(known[0]) - n :]
    return same_end and stated[1] == known[1] and stated[2] in ("", known[2])


def change_of(registry: Registry, rows: Sequence[Row], still: Iterable[tuple[str, str]]) -> Change:
    """Return the change that makes rows the links of their components.

    Parameters
    ----------
    registry : Registry
    rows : sequence of Row
        All links that the delivery brings.
    still : iterable of tuple of str
        Component and path of links of before that the delivery names again without bringing the photo.

    Returns
    -------
    Change
        Links that a component of ``rows`` has besides are retired.
    """
    named = {(row[0], row[1]) for row in rows} | set(still)
    before = paths_of(registry, {row[0] for row in rows})
    retired = [(one, path) for one, paths in before.items() for path in paths if (one, path) not in named]
    return Change(DATASET, frame_of(rows), retired)


def frame_of(rows: Sequence[Row]) -> pandas.DataFrame:
    """Return rows as a frame of the dataset."""
    return pandas.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def photos_after(registry: Registry, became: Mapping[str, str]) -> Change | None:
    """Return the change that lets photos follow components which get another identifier.

    Parameters
    ----------
    registry : Registry
    became : mapping of str to str
        New identifiers by old ones.

    Returns
    -------
    Change or None
        None when none of the components has a photo.
    """
    moved = {old: new for old, new in became.items() if old != new}
    links = links_of(registry, moved)
    if not links:
        return None
    rows: list[Any] = [(moved[old], *row[1:]) for old, several in links.items() for row in several]
    new = {(row[0], row[1]) for row in rows}
    old_keys = [(row[0], row[1]) for several in links.values() for row in several]
    return Change(DATASET, frame_of(rows), [key for key in old_keys if key not in new])
