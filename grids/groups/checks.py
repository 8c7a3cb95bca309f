"""Checks of groups against what they are made of: composition (G26, G27), boundary (G28), line (G24, G25).

The rules of management and evaluation grids are known from work on a draft of the new series only. None of
them refuses anything, and how many unit grids make a management grid can be said with every delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.crs import geodesic_area
from gis.metres import LocalMetres
from gis.text import t
from grids.groups.coverage import find_line_faults, ground_of, listed
from grids.groups.delivered import Group
from grids.groups.memberships import derived_boundary
from grids.groups.units import Units, hanging_together
from grids.topology import area_text

DIFFERENCE_M2 = 1.0
DIFFERENCE_WIDTH_M = 0.05
"""A drawn boundary differs where more than this lies between it and the edges of the members.

An edge that is straight in metres leaves the one that is straight in degrees by a centimetre in a
kilometre; a boundary that was dissolved in the one and its members stored in the other differ by as much.
"""


def check_adjacency(groups: Sequence[Group], units: Units) -> None:
    """Report groups whose members do not all hang together over shared edges (G26)."""
    owner, unit = _memberships(groups)
    left, right = _linked(owner, unit, units)
    piece = hanging_together(len(unit), left, right)
    apart = np.flatnonzero(np.bincount(owner[np.unique(piece)], minlength=len(groups)) > 1)
    for place in apart.tolist():
        group, own = groups[place], np.flatnonzero(owner == place)
        largest = np.bincount(piece[own]).argmax()
        lonely = unit[own[piece[own] != largest]]
        group.flag(
            "G26",
            group.severity,
            t(
                "The members of {group} are not adjacent: {codes} lie apart",
                group=group.code,
                codes=listed(units.codes[lonely]),
            ),
            field="members",
            value=listed(units.codes[lonely]),
            expected=t("grids that meet along an edge"),
            geometry=ground_of(units, lonely),
        )


def _memberships(groups: Sequence[Group]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the memberships of all groups: position of the group and of the unit."""
    sizes = [len(group.units) for group in groups]
    unit = np.concatenate([np.array([], dtype=np.intp), *(group.units for group in groups)])
    return np.repeat(np.arange(len(groups)), sizes), unit


def _linked(
    owner: NDArray[np.intp], unit: NDArray[np.intp], units: Units
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs of memberships of one group whose units are neighbours."""
    memberships = pandas.DataFrame({"owner": owner, "unit": unit, "at": np.arange(len(unit))})
    pairs = pandas.DataFrame(dict(zip(("left", "right"), units.near(unit), strict=True)))
    first = pairs.merge(memberships, left_on="left", right_on="unit")
    both = first.merge(memberships, left_on=["right", "owner"], right_on=["unit", "owner"])
    both = both[units.share_an_edge(both["left"].to_numpy(), both["right"].to_numpy())]
    return both["at_x"].to_numpy(dtype=np.intp), both["at_y"].to_numpy(dtype=np.intp)


def check_composition(groups: Sequence[Group], units: Units, most: Sequence[int | None]) -> None:
    """Report groups of too many members, or with members of several communities or streets (G27).

    Parameters
    ----------
    groups : sequence of Group
    units : Units
        What they are made of; its scopes are the communities of unit grids, the streets of management grids.
    most : sequence of int or None
        How many members each group may have; None for any number.
    """
    for group, limit in zip(groups, most, strict=True):
        count = len(group.units)
        if limit is not None and count > limit:
            group.flag(
                "G27",
                group.severity,
                t("{group} is made of {n} grids", group=group.code, n=count),
                field="members",
                value=str(count),
                expected=t("at most {n} grids", n=limit),
                hint=t("Another limit can be given with --set most_members=N"),
            )
        scopes = units.scopes[group.units]
        if len(set(scopes)) > 1:
            _flag_crossing(group, units, scopes)


def _flag_crossing(group: Group, units: Units, scopes: NDArray[np.object_]) -> None:
    """Report the members that lie elsewhere than most of them."""
    names, counts = np.unique(scopes.astype(str), return_counts=True)
    home = names[counts.argmax()]
    elsewhere = group.units[scopes != home]
    group.flag(
        "G27",
        group.severity,
        t(
            "{group} lies in {home}, its members {codes} do not",
            group=group.code,
            home=home,
            codes=listed(units.codes[elsewhere]),
        ),
        field="members",
        value=listed(names),
        expected=home,
        geometry=ground_of(units, elsewhere),
    )


def check_boundaries(groups: Sequence[Group], units: Units) -> None:
    """Report drawn groups whose polygon is not the ground of their members (G28), with the difference."""
    drawn = [group for group in groups if group.shape is not None and len(group.units)]
    if not drawn:
        return
    shapes = shapely.make_valid(
        np.array([*(group.shape for group in drawn), None], dtype=object)[:-1],
        method="structure",
        keep_collapsed=False,
    )
    derived = np.array([*(derived_boundary(units.geometries[g.units]) for g in drawn), None], dtype=object)[
        :-1
    ]
    differing = np.flatnonzero(~shapely.equals(shapes, derived))
    pieces, owner = shapely.get_parts(
        shapely.symmetric_difference(shapes[differing], derived[differing]), return_index=True
    )
    matter, area = beyond_tolerance(pieces)
    for place in np.unique(owner[matter]):
        own = matter[owner[matter] == place]
        _flag_difference(drawn[differing[place]], pieces[own], float(area[own].sum()), units)


def beyond_tolerance(
    pieces: NDArray[np.object_],
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return which pieces between two outlines are large and wide enough to matter.

    Parameters
    ----------
    pieces : ndarray of geometries
        Single ones, EPSG:4490.

    Returns
    -------
    matter : ndarray of int
        Positions of pieces of more than :data:`DIFFERENCE_M2` and :data:`DIFFERENCE_WIDTH_M`.
    area_m2 : ndarray of float
        Of all pieces, on the ellipsoid.
    """
    area = geodesic_area(pieces)
    length = shapely.length(LocalMetres.around(pieces).forward(pieces))
    width = np.divide(2 * area, length, out=np.zeros_like(area), where=length > 0)
    return np.flatnonzero((area > DIFFERENCE_M2) & (width > DIFFERENCE_WIDTH_M)), area


def _flag_difference(group: Group, pieces: NDArray[np.object_], area_m2: float, units: Units) -> None:
    """Report what lies between a polygon and its members, and which grids the boundary cuts."""
    parts = shapely.get_parts(pieces)
    where: BaseGeometry = shapely.MultiPolygon(list(parts[shapely.get_dimensions(parts) == 2]))
    met = np.unique(
        shapely.STRtree(units.sound).query(shapely.point_on_surface(parts), predicate="intersects")[1]
    )
    area = area_text(area_m2)
    message = (
        t(
            "The boundary of {group} differs from that of its members by {area} m² and cuts {codes}",
            group=group.code,
            area=area,
            codes=listed(units.codes[met]),
        )
        if len(met)
        else t(
            "The boundary of {group} differs from that of its members by {area} m²",
            group=group.code,
            area=area,
        )
    )
    group.flag(
        "G28",
        group.severity,
        message,
        field="geometry",
        value=area,
        expected=t("the outline of its members; the polygon is kept as delivered"),
        geometry=where,
        area_m2=area_m2,
    )


def check_lines(
    groups: Sequence[Group], kind: str, others: pandas.DataFrame, units: Units
) -> pandas.DataFrame:
    """Report what a line of the delivery looks after twice (G24) or not at all (G25).

    Parameters
    ----------
    groups : sequence of Group
        Of the delivery.
    kind : str
        Their dataset.
    others : DataFrame
        Memberships of the same kind that the registry has of other groups.
    units : Units
        All live grids that members are from.

    Returns
    -------
    DataFrame
        The memberships of the groups.
    """
    own = membership_rows(groups, kind, units)
    delivered = {(group.line, group.code): group for group in groups}
    first_of = {group.line: group for group in reversed(groups) if len(group.units)}
    beside = others[others["line"].isin(list(first_of))]
    for fault in find_line_faults(pandas.concat([own, beside], ignore_index=True), units):
        at = [delivered[fault.line, code] for code in fault.groups if (fault.line, code) in delivered]
        if fault.groups and not at:
            continue
        group = at[-1] if at else first_of[fault.line]
        staging = group.rows[0][0]
        details: dict[str, Any] = {
            "field": "members",
            "value": str(len(fault.members)),
            "geometry": fault.geometry,
        }
        if at:
            group.flag(fault.code, group.severity, fault.message(), **details)
        else:
            staging.add(fault.code, group.severity, fault.message(), id=fault.scope, **details)
    return own


def membership_rows(groups: Sequence[Group], kind: str, units: Units) -> pandas.DataFrame:
    """Return the memberships of groups as rows of the dataset."""
    owner, unit = _memberships(groups)
    return pandas.DataFrame(
        {
            "kind": np.full(len(unit), kind, dtype=object),
            "line": np.array([*(group.line for group in groups), None], dtype=object)[owner],
            "code": np.array([*(group.code for group in groups), None], dtype=object)[owner],
            "member": units.codes[unit],
        },
        dtype=object,
    )
