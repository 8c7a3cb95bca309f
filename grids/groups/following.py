"""Groups of unit grids follow what a delivery of unit grids ends or redraws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas

from gis.columns import from_json
from gis.editions import Change
from gis.importing import Prepared
from gis.registry import Registry
from gis.text import t
from grids.groups.memberships import memberships_after
from grids.groups.outlines import outlines_after
from grids.reference import live_codes


def with_groups(prepared: Prepared, registry: Registry) -> Prepared:
    """Let groups have what follows ended unit grids, and the outline of what their members will be.

    All of it is part of the edition of the delivery.

    Parameters
    ----------
    prepared : Prepared
        Unit grids with the codes that end and, among the changes of other datasets, the records of what
        follows; changed in place.
    registry : Registry
        Has the groups, and the grids that go on.
    """
    ended = {str(key[0]) for key in prepared.retired}
    frame = geopandas.GeoDataFrame(prepared.frame)
    changes = groups_after(registry, ended, _recorded(prepared), frame)
    redrawn = sum(len(change.frame) for change in changes if change.dataset != "memberships")
    if redrawn:
        prepared.report.notes.append(t("{n} groups get the new outline of their members", n=redrawn))
    prepared.also += changes
    return prepared


def groups_after(
    registry: Registry,
    ended: set[str],
    recorded: Mapping[str, Sequence[str]],
    frame: geopandas.GeoDataFrame | None = None,
) -> list[Change]:
    """Say what becomes of groups when unit grids end or are delivered anew.

    Parameters
    ----------
    registry : Registry
    ended : set of str
        Codes of live unit grids that end.
    recorded : mapping of str to sequence of str
        What follows each code.
    frame : GeoDataFrame, optional
        ``code`` and ``geometry`` of the unit grids that are delivered.

    Returns
    -------
    list of Change
        Of the memberships, and of the groups whose outline changes with their members.
    """
    delivered = _no_grids() if frame is None else frame
    followed: dict[str, tuple[str, ...]] = {}
    if ended:
        there = (live_codes(registry, "grids") - ended) | set(delivered["code"])
        followed = {code: tuple(dict.fromkeys(_heirs(code, recorded, there, {code}))) for code in ended}
    change = memberships_after(registry, followed) if followed else None
    return [*([] if change is None else [change]), *outlines_after(registry, delivered, followed)]


def _no_grids() -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame({"code": []}, geometry=[], crs="EPSG:4490")


def _recorded(prepared: Prepared) -> dict[str, list[str]]:
    """Return what the delivery says follows each code."""
    frames = [change.frame for change in prepared.also if change.dataset == "retirements"]
    return {
        str(code): from_json(successors) or []
        for frame in frames
        for code, successors in zip(frame["code"], frame["successors"], strict=True)
    }


def _heirs(code: str, recorded: Mapping[str, Sequence[str]], there: set[str], seen: set[str]) -> list[str]:
    """Follow a code to the grids that are there, over others that end too."""
    heirs = []
    for successor in recorded.get(code, ()):
        if successor in there:
            heirs.append(successor)
        elif successor not in seen:
            heirs += _heirs(successor, recorded, there, seen | {successor})
    return heirs
