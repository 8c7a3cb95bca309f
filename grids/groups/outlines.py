"""Outlines of groups follow their members: where a border of unit grids moves, that of their groups does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import geopandas
import numpy as np
import pandas
import shapely

from gis.editions import Change
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from grids.groups.checks import beyond_tolerance
from grids.groups.memberships import MEMBERS_OF, derived_boundary, following, read_memberships
from grids.groups.units import Units, read_units, sound_areas, units_of


def outlines_after(
    registry: Registry, frame: geopandas.GeoDataFrame, followed: Mapping[str, Sequence[str]]
) -> list[Change]:
    """Give groups that have the outline of their members that of what these will be.

    A group whose polygon is not the outline of its members now was drawn apart, and stays as it is.

    Parameters
    ----------
    registry : Registry
        As it is before.
    frame : GeoDataFrame
        ``code`` and ``geometry`` (EPSG:4490) of unit grids that are new, or delivered again.
    followed : mapping of str to sequence of str
        Unit grids that end, each with what follows it.

    Returns
    -------
    list of Change
        Of management, responsibility and evaluation grids; only those whose outline changes. A group
        that loses all its members stays as it is.
    """
    known = read_memberships(registry)
    if known.empty:
        return []
    before = read_units(registry, "grids")
    changed = set(followed) | _redrawn(before, frame)
    if not changed:
        return []
    after = _replaced(before, frame, followed.keys())
    then = following(known, followed)
    changes = [
        _outlines(registry, kind, known, then, before, after, changed)
        for kind, members in MEMBERS_OF.items()
        if members == "grids"
    ]
    managed = next(
        (change.frame for change in changes if change and change.dataset == "management-grids"), None
    )
    if managed is not None:
        before = read_units(registry, "management-grids")
        after, changed = _replaced(before, managed, ()), set(managed["code"])
        changes.append(_outlines(registry, "evaluation-grids", known, then, before, after, changed))
    return [change for change in changes if change is not None]


def _replaced(before: Units, frame: pandas.DataFrame, gone: Collection[str]) -> Units:
    """Return the units with some delivered again, and without those that are gone."""
    out = {*frame["code"], *gone}
    kept = np.array([code not in out for code in before.codes], dtype=bool)
    new = np.array(frame["geometry"].array, dtype=object)
    codes = [*before.codes[kept], *frame["code"]]
    return units_of(before.dataset, codes, np.concatenate([before.geometries[kept], new]))


def _redrawn(before: Units, frame: geopandas.GeoDataFrame) -> set[str]:
    """Return the codes delivered again with another polygon."""
    codes = frame["code"].to_numpy(dtype=object)
    at = before.positions(codes)
    again = np.flatnonzero(at >= 0)
    old, new = before.geometries[at[again]], np.array(frame["geometry"].array, dtype=object)[again]
    other = np.flatnonzero(~shapely.equals_exact(old, new))
    same = shapely.equals_exact(shapely.normalize(old[other]), shapely.normalize(new[other]))
    return set(codes[again[other[~same]]])


def _outlines(
    registry: Registry,
    kind: str,
    known: pandas.DataFrame,
    then: pandas.DataFrame,
    before: Units,
    after: Units,
    changed: set[str],
) -> Change | None:
    """Redraw the groups of one kind that have a changed member."""
    members, heirs = (_by_group(memberships[memberships["kind"] == kind]) for memberships in (known, then))
    affected = {group for group, own in members.items() if changed & set(own) and group in heirs}
    if not affected:
        return None
    frame = read_frame(registry, kind)
    lines = frame["line"] if "line" in DATASETS[kind].key else [""] * len(frame)
    keys = list(zip(lines, frame["code"], strict=True))
    rows = [at for at, key in enumerate(keys) if key in affected]
    stored = np.array(frame["geometry"].array, dtype=object)[rows]
    old, new = (
        np.array([*(_outline(units, own[keys[at]]) for at in rows), None], dtype=object)[:-1]
        for units, own in ((before, members), (after, heirs))
    )
    redrawn = np.flatnonzero(_same_ground(stored, old) & ~shapely.equals(sound_areas(stored), new))
    if not len(redrawn):
        return None
    chosen = frame.iloc[[rows[at] for at in redrawn]].copy()
    chosen["geometry"] = new[redrawn]
    return Change(kind, chosen)


def _by_group(memberships: pandas.DataFrame) -> dict[tuple[str, str], list[str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    columns = (memberships[name] for name in ("line", "code", "member"))
    for line, code, member in zip(*columns, strict=True):
        groups.setdefault((line, code), []).append(member)
    return groups


def _outline(units: Units, members: Sequence[str]) -> shapely.MultiPolygon:
    positions = units.positions(list(members))
    return derived_boundary(units.geometries[positions[positions >= 0]])


def _same_ground(stored: np.ndarray, outlines: np.ndarray) -> np.ndarray:
    """Tell which polygons are the outlines, within the tolerance of the check of boundaries."""
    pieces, owner = shapely.get_parts(
        shapely.symmetric_difference(sound_areas(stored), outlines), return_index=True
    )
    matter, _ = beyond_tolerance(pieces)
    same = np.ones(len(stored), dtype=bool)
    same[owner[matter]] = False
    return same
