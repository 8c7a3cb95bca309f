"""Groups of unit grids follow what a delivery of unit grids ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gis.columns import from_json
from gis.editions import Change
from gis.importing import Prepared
from gis.registry import Registry
from grids.lifecycle.followers import memberships_after
from grids.reference import live_codes


def with_memberships(prepared: Prepared, registry: Registry) -> Prepared:
    """Let the groups of ended unit grids have what follows these, in the same edition.

    Parameters
    ----------
    prepared : Prepared
        Unit grids with the codes that end and, among the changes of other datasets, the records of what
        follows; changed in place.
    registry : Registry
        Has the groups, and the grids that go on.
    """
    ended = {str(key[0]) for key in prepared.retired}
    change = memberships_without(registry, ended, _recorded(prepared), set(prepared.frame["code"]))
    if change is not None:
        prepared.also.append(change)
    return prepared


def memberships_without(
    registry: Registry, ended: set[str], recorded: Mapping[str, Sequence[str]], delivered: set[str]
) -> Change | None:
    """Let the groups of ended unit grids have what follows these.

    Parameters
    ----------
    registry : Registry
    ended : set of str
        Codes of live unit grids that end.
    recorded : mapping of str to sequence of str
        What follows each code.
    delivered : set of str
        Codes that become live.

    Returns
    -------
    Change or None
        Of the memberships; ``None`` when no group has one of the grids.
    """
    if not ended:
        return None
    there = (live_codes(registry, "grids") - ended) | delivered
    followed = {code: tuple(dict.fromkeys(_heirs(code, recorded, there, {code}))) for code in ended}
    return memberships_after(registry, followed)


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
