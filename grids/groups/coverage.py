"""Does a line of business look after every unit grid once? Gaps (G25), overlaps (G24), lost members (G23).

What a line should cover is written down nowhere. Its scope is taken to be the communities in which it has at
least one unit grid (for evaluation grids: the streets in which they have a management grid): what is left
out there is a gap, a community that the line never enters is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select

from gis.errors import NotFound
from gis.findings import Finding, Severity
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import Text, t
from grids.groups.memberships import LINES, MEMBERS_OF, derived_boundary, read_memberships
from grids.groups.units import Units, read_units

CODES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class LineFault:
    """Grids that a line looks after twice, or not at all, or that are no more.

    Attributes
    ----------
    line : str
        Line of business, empty where the kind has none.
    groups : tuple of str
        The two groups they are in; one whose members are no more; empty for a gap.
    scope : str or None
        Community or street of a gap.
    members : tuple of str
        The grids, in the order of their codes.
    geometry : BaseGeometry or None
        Their ground, EPSG:4490; None when the registry has none of them.
    """

    line: str
    groups: tuple[str, ...]
    scope: str | None
    members: tuple[str, ...]
    geometry: BaseGeometry | None

    @property
    def code(self) -> str:
        """Code of the finding."""
        return ("G25", "G23", "G24")[len(self.groups)]

    def message(self) -> Text:
        """Say it to people."""
        shown, count = listed(self.members), len(self.members)
        if len(self.groups) == 1:
            return t(
                "{n} members of {group} are no more: {codes}", n=count, group=self.groups[0], codes=shown
            )
        if self.groups:
            first, second = self.groups
            return t(
                "{n} grids are in {first} and in {second}: {codes}",
                n=count,
                first=first,
                second=second,
                codes=shown,
            )
        if not self.line:
            return t("{n} grids of {scope} are in no group: {codes}", n=count, scope=self.scope, codes=shown)
        return t(
            "{n} grids of {scope} are in no group of {line}: {codes}",
            n=count,
            scope=self.scope,
            line=self.line,
            codes=shown,
        )


@dataclass(frozen=True, slots=True)
class LineCoverage:
    """How one line of business covers the unit grids of a registry.

    Attributes
    ----------
    kind, line : str
        Dataset of the groups, and their line (empty where the kind has none).
    groups : int
        Groups that the registry has.
    without_members : int
        Those of which no member is known.
    covered, double, missing, lost : int
        Member grids in a group, in more than one, in none although the line is in their community, and
        members that are no live grids.
    faults : tuple of LineFault
        What is double or missing, in detail.
    """

    kind: str
    line: str
    groups: int
    without_members: int
    covered: int
    double: int
    missing: int
    lost: int
    faults: tuple[LineFault, ...] = field(repr=False)


def line_coverage(registry: Registry, line: str) -> list[Finding]:
    """Return the gaps and overlaps of a line of business as findings.

    Parameters
    ----------
    registry : Registry
    line : str
        A line of responsibility grids, or a kind without lines: ``management-grids``, ``evaluation-grids``.

    Returns
    -------
    list of Finding
        G23, G24 and G25, warnings, pinned to the grids concerned.

    Raises
    ------
    NotFound
        The registry has no group of that line.
    """
    return [
        Finding(
            fault.code,
            Severity.WARNING,
            coverage.kind,
            fault.message(),
            id=fault.groups[-1] if fault.groups else fault.scope,
            field="members",
            value=str(len(fault.members)),
            geometry=fault.geometry,
        )
        for coverage in lines_of(registry, line)
        for fault in coverage.faults
    ]


def lines_of(registry: Registry, line: str | None = None) -> list[LineCoverage]:
    """Say how each line of business, or one of them, covers the unit grids.

    Raises
    ------
    NotFound
        The registry has no group of the line asked for.
    """
    groups = _groups_by_line(registry)
    wanted = {
        key: count for key, count in groups.items() if line is None or line in (key[1] or key[0], key[0])
    }
    if line is not None and not wanted:
        raise NotFound(
            t("The registry has no groups of {line}", line=line),
            field="LINE",
            value=line,
            expected=", ".join(sorted({key[1] or key[0] for key in groups})),
        )
    units = {dataset: read_units(registry, dataset) for dataset in {MEMBERS_OF[kind] for kind, _ in wanted}}
    return [
        _coverage(registry, kind, of, count, units[MEMBERS_OF[kind]]) for (kind, of), count in wanted.items()
    ]


def _groups_by_line(registry: Registry) -> dict[tuple[str, str], int]:
    """Count the groups by kind and line."""
    counts: dict[tuple[str, str], int] = {}
    with registry.connect() as connection:
        for kind in MEMBERS_OF:
            table = DATASETS[kind].live
            if kind not in LINES:
                if count := connection.scalar(select(func.count()).select_from(table)):
                    counts[kind, ""] = count
                continue
            by_line = select(table.c.line, func.count()).group_by(table.c.line).order_by(table.c.line)
            counts |= {(kind, row[0]): row[1] for row in connection.execute(by_line)}
    return counts


def _coverage(registry: Registry, kind: str, line: str, count: int, units: Units) -> LineCoverage:
    memberships = read_memberships(registry, kind, line)
    faults = tuple(find_line_faults(memberships, units))
    known = memberships["code"].nunique()
    per_member = memberships.groupby("member")["code"].nunique()
    return LineCoverage(
        kind,
        line,
        groups=count,
        without_members=count - known,
        covered=int((units.positions(per_member.index.to_numpy(dtype=object)) >= 0).sum()),
        double=int((per_member > 1).sum()),
        missing=sum(len(fault.members) for fault in faults if fault.code == "G25"),
        lost=len({member for fault in faults if fault.code == "G23" for member in fault.members}),
        faults=faults,
    )


def find_line_faults(memberships: pandas.DataFrame, units: Units) -> Iterator[LineFault]:
    """Find what the lines of one kind look after twice, not at all, or no more, line by line.

    Parameters
    ----------
    memberships : DataFrame
        Of one kind, all members of every line looked at.
    units : Units
        All live grids that members are from.
    """
    for line, of_line in memberships.groupby("line", sort=True):
        yield from _lost(str(line), of_line, units)
        yield from _overlaps(str(line), of_line, units)
        yield from _gaps(str(line), of_line, units)


def _lost(line: str, memberships: pandas.DataFrame, units: Units) -> Iterator[LineFault]:
    """Gather the members that are no live grids, group by group."""
    lost = memberships[units.positions(memberships["member"].to_numpy(dtype=object)) < 0]
    for group, members in lost.groupby("code", sort=True)["member"]:
        yield LineFault(line, (str(group),), None, tuple(sorted(members)), None)


def _overlaps(line: str, memberships: pandas.DataFrame, units: Units) -> Iterator[LineFault]:
    """Gather what two groups share, pair by pair."""
    counts = memberships.groupby("member")["code"].transform("nunique")
    shared = memberships[counts > 1][["code", "member"]].astype(object)
    pairs = shared.merge(shared, on="member", suffixes=("", "_other"))
    pairs = pairs[pairs["code"] < pairs["code_other"]]
    for (first, second), rows in pairs.groupby(["code", "code_other"], sort=True):
        members = tuple(sorted(rows["member"].unique()))
        yield LineFault(line, (str(first), str(second)), None, members, _ground(units, members))


def _gaps(line: str, memberships: pandas.DataFrame, units: Units) -> Iterator[LineFault]:
    """Gather what the line leaves out, community by community."""
    taken = units.positions(memberships["member"].to_numpy(dtype=object))
    taken = np.unique(taken[taken >= 0])
    free = np.ones(len(units), dtype=bool)
    free[taken] = False
    free &= np.isin(units.scopes.astype(str), np.unique(units.scopes[taken].astype(str)))
    left_out = np.flatnonzero(free)
    for scope in np.unique(units.scopes[left_out].astype(str)):
        members = tuple(units.codes[left_out[units.scopes[left_out] == scope]])
        yield LineFault(line, (), str(scope), members, _ground(units, members))


def _ground(units: Units, members: Iterable[str]) -> BaseGeometry | None:
    """Return the ground of some grids, side by side as they are."""
    positions: NDArray[np.intp] = units.positions(list(members))
    return ground_of(units, positions[positions >= 0])


def ground_of(units: Units, positions: NDArray[np.intp]) -> BaseGeometry | None:
    """Return the ground of some units as one area for a finding; None without any."""
    return derived_boundary(units.sound[positions]) if len(positions) else None


def listed(codes: Iterable[str]) -> str:
    """Write the first codes for people, and dots for the others."""
    every = list(codes)
    return ", ".join(every[:CODES_SHOWN]) + (" …" if len(every) > CODES_SHOWN else "")
