"""Give a division another code, and with it everything whose code begins with it.

Authorities merge and renumber streets and communities. The code of a unit grid begins with that of its
community (GB/T 30428.1), so the grids are issued anew, each with a link to what it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import geopandas
import shapely

from gis.dates import compact
from gis.editions import Change
from gis.errors import DataRefused, NotFound, UsageError
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import Text, t
from grids.codes import DivisionCode, Level, build_grid_code, parse_division_code
from grids.groups.memberships import memberships_after
from grids.lifecycle.followers import recoded_rows
from grids.lifecycle.plan import DIVISIONS, GRIDS, Order, Plan, editions_now, records_of_end
from grids.numbering import next_numbers
from grids.past.retirements import Operation, records_of, retirement_change
from grids.past.succession import live_among
from grids.reference import used_numbers


def plan_recode(registry: Registry, old: str, new: str, order: Order, *, name: str | None = None) -> Plan:
    """Give a county, street or community another code.

    Parameters
    ----------
    registry : Registry
    old, new : str
        Codes of one level: 6, 9 or 12 digits. A community whose ``new`` code is that of another live one is
        merged into it; its grids are numbered after those there.
    order : Order
    name : str, optional
        New name; by default the old one stays.

    Raises
    ------
    UsageError
        A code is malformed, or the two are equal or of different levels.
    NotFound
        Nothing live has the old code.
    DataRefused
        A new code belongs, or belonged, to another division; or a community runs out of numbers.
    """
    before, after = _codes(old, new)
    based_on = editions_now(registry)
    divisions, grids = _below(registry, DIVISIONS, before), _below(registry, GRIDS, before)
    if divisions.empty and grids.empty:
        raise NotFound(t("Nothing live has the code {code}", code=old), field="OLD", value=old)
    below = [before.code, *divisions["code"], *grids["community"]]
    recoded = {code: after.code + code[len(before.code) :] for code in below}
    joins = _joins_another(registry, recoded, after)
    successors = _renumbered(registry, grids, recoded)
    issued = _issued(grids, successors, order)
    kept = _divisions(registry, divisions, recoded, after, name)
    records = [
        *records_of_end(GRIDS, grids, successors, Operation.RECODE, order),
        *records_of_end(
            DIVISIONS,
            divisions,
            {code: (recoded[code],) for code in divisions["code"]},
            Operation.MERGE if joins else Operation.RECODE,
            order,
        ),
    ]
    changes = [
        Change(GRIDS, issued, retired=[(code,) for code in grids["code"]]),
        Change(DIVISIONS, kept, retired=[(code,) for code in divisions["code"]]),
        retirement_change(records),
        memberships_after(registry, successors),
        recoded_rows(registry, "management-grids", ["community"], recoded),
        recoded_rows(registry, "evaluation-grids", ["street"], recoded),
    ]
    present = [change for change in changes if change is not None]
    return Plan(
        Operation.RECODE, present, successors, issued, based_on, recoded, _parent_note(registry, after)
    )


def _codes(old: str, new: str) -> tuple[DivisionCode, DivisionCode]:
    parsed = {}
    for field, text in (("OLD", old), ("NEW", new)):
        code = parse_division_code(text)
        if code is None:
            raise UsageError(
                t("{value} is not a division code", value=text),
                field=field,
                value=text,
                expected=t("6, 9 or 12 digits"),
            )
        parsed[field] = code
    before, after = parsed["OLD"], parsed["NEW"]
    if before.level is not after.level or before.code == after.code:
        raise UsageError(
            t("{old} cannot become {new}", old=before.code, new=after.code),
            field="NEW",
            value=new,
            expected=t("another code of {digits} digits", digits=before.level.digits),
        )
    return before, after


def _below(registry: Registry, dataset: str, division: DivisionCode) -> geopandas.GeoDataFrame:
    """Read the live rows whose code begins with that of a division."""
    column = DATASETS[dataset].live.c.code
    frame = read_frame(registry, dataset, where=column.startswith(division.code, autoescape=True))
    return geopandas.GeoDataFrame(frame)


def _joins_another(registry: Registry, recoded: Mapping[str, str], after: DivisionCode) -> bool:
    """Tell whether a community joins a live one; refuse codes that others have or had."""
    new = sorted(set(recoded.values()))
    with registry.connect() as connection:
        taken = live_among(connection, DIVISIONS, new)
        ended = records_of(connection, DIVISIONS, new)
    joins = after.level is Level.COMMUNITY and taken == {after.code}
    if taken and not joins:
        raise DataRefused(
            t("Code {code} belongs to another live division", code=min(taken)),
            field="NEW",
            value=min(taken),
            expected=t("codes that nobody has; communities may be merged one by one"),
        )
    gone = sorted(code for code, record in ended.items() if record.retires)
    if gone:
        raise DataRefused(
            t("Code {code} was retired; codes are never used again", code=gone[0]),
            field="NEW",
            value=gone[0],
        )
    return joins


def _renumbered(
    registry: Registry, grids: geopandas.GeoDataFrame, recoded: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Give each grid its new code: with its old number where the new community has used none."""
    of_community: dict[str, list[str]] = defaultdict(list)
    for code, community in zip(grids["code"], grids["community"], strict=True):
        of_community[recoded[community]].append(code)
    successors: dict[str, tuple[str, ...]] = {}
    for community, codes in of_community.items():
        if all(code[12:].isdecimal() for code in codes) and not used_numbers(registry, community):
            numbers = [int(code[12:]) for code in codes]
        else:
            numbers = next_numbers(registry, community, len(codes))
        successors |= {
            code: (build_grid_code(community, number),) for code, number in zip(codes, numbers, strict=True)
        }
    return successors


def _issued(
    grids: geopandas.GeoDataFrame, successors: Mapping[str, tuple[str, ...]], order: Order
) -> geopandas.GeoDataFrame:
    """Return the grids as they were, under their new codes."""
    codes = [successors[code][0] for code in grids["code"]]
    parts = {
        name: [code[:digits] for code in codes]
        for name, digits in (("county", 6), ("street", 9), ("community", 12))
    }
    return grids.assign(code=codes, change_date=compact(order.day), **parts)


def _divisions(
    registry: Registry,
    divisions: geopandas.GeoDataFrame,
    recoded: Mapping[str, str],
    after: DivisionCode,
    name: str | None,
) -> geopandas.GeoDataFrame:
    """Return the divisions under their new codes, or the one that a community joins, grown by it."""
    column = DATASETS[DIVISIONS].live.c.code
    joined = geopandas.GeoDataFrame(read_frame(registry, DIVISIONS, where=column == after.code))
    if len(joined):
        ground = [*joined.geometry, *divisions.geometry]
        frame = joined.assign(geometry=[_multi(shapely.union_all(ground))])
    else:
        parents = [recoded.get(p, after.parent) for p in divisions["parent_code"]]
        codes = [recoded[code] for code in divisions["code"]]
        frame = divisions.assign(code=codes, parent_code=parents, statistics_code=None)
    top = frame["code"] == after.code
    if name is not None:
        frame.loc[top, "name"] = name
    return geopandas.GeoDataFrame(frame)


def _multi(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(list(shapely.get_parts(geometry)))


def _parent_note(registry: Registry, after: DivisionCode) -> list[Text]:
    if after.parent is None:
        return []
    with registry.connect() as connection:
        known = live_among(connection, DIVISIONS, [after.parent])
    return [] if known else [t("The registry has no division {code} above it yet", code=after.parent)]
