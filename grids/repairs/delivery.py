"""Repair a delivery: which areas belong together, what stands beside them, what was done to each row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.errors import UsageError
from gis.geodesic import geodesic_area
from gis.importing import ImportContext
from gis.layer import LAYER, ROW, SourceLayer
from gis.mapping import Field
from gis.staging import Staging, stage
from gis.text import Text, t
from grids.codes import Level
from grids.division_imports import level_of
from grids.fields import DIVISION_FIELDS, GOVERNANCE_FIELDS, GRID_FIELDS
from grids.fitting import Layer
from grids.numbering import normalise_codes, positions_by
from grids.reference import divisions_of, nothing, read_areas
from grids.repairs.mending import mend
from grids.repairs.work import Change
from grids.topology_surfaces import Geometries, Surfaces

_FIELDS: dict[str, tuple[Field, ...]] = {
    "divisions": DIVISION_FIELDS,
    "grids": GRID_FIELDS,
    "governance-grids": GOVERNANCE_FIELDS,
}
_ABOVE = {Level.STREET: Level.COUNTY, Level.COMMUNITY: Level.STREET}


@dataclass(frozen=True, slots=True)
class RowChange:
    """One change, at the row of the delivery that it was made to."""

    change: Change
    id: str | None
    layer: str
    row: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A repaired delivery.

    Attributes
    ----------
    layers : list of SourceLayer
        All rows that are left, with their columns and numbers; a geometry without a change is the one that
        was delivered.
    changes : list of RowChange
        Everything that was done.
    """

    layers: list[SourceLayer]
    changes: list[RowChange]


def check_repairable(kind: str) -> None:
    """Refuse kinds of delivery that cannot be repaired.

    Raises
    ------
    UsageError
        The kind is none of areas that fill their ground.
    """
    if kind not in _FIELDS:
        raise UsageError(
            t("Repairs are not proposed for {kind}", kind=kind),
            field="--out",
            value=kind,
            expected=", ".join(_FIELDS),
        )


def propose(layers: list[SourceLayer], context: ImportContext) -> Proposal:
    """Propose repairs of divisions, unit grids or governance grids; nothing that was given is changed.

    Parameters
    ----------
    layers : list of SourceLayer
        As delivered.
    context : ImportContext
        The registry, whose areas beside the delivery stand fast; the kind; what a person said.

    Raises
    ------
    UsageError
        The kind of delivery cannot be repaired.
    """
    check_repairable(context.kind)
    staging = stage(layers, _FIELDS[context.kind], context, dataset=context.kind, key="code")
    normalise_codes(staging)
    dropped = _exact_duplicates(staging)
    areas, changes = staging.geometries.copy(), list(_drops(staging, dropped))
    kept = np.ones(len(staging), dtype=bool)
    kept[list(dropped)] = False
    for group in _groups(staging, areas, context):
        changes += _mend_group(staging, areas, group, kept)
    rows = [RowChange(change, *_row(staging, change.at)) for change in changes]
    return Proposal(list(_layers(layers, areas, kept)), rows)


def _row(staging: Staging, at: int) -> tuple[str | None, str, int]:
    return staging.values("code")[at], str(staging.values(LAYER)[at]), staging.row_number(at)


def _exact_duplicates(staging: Staging) -> dict[int, int]:
    """Return rows that repeat an earlier one in every column and vertex, with that one."""
    source = staging.source.drop(columns=[ROW, LAYER, "geometry"], errors="ignore")
    columns = [source[name].astype(str) for name in source.columns]
    shapes = shapely.to_wkb(staging.geometries)
    groups = positions_by(zip(staging.values("code"), *columns, shapes, strict=True))
    return {at: rows[0] for rows in groups.values() for at in rows[1:]}


def _drops(staging: Staging, dropped: dict[int, int]) -> Iterator[Change]:
    for at, first in dropped.items():
        area = float(geodesic_area(staging.geometries[[at]])[0])
        text = t("Row dropped: it repeats {where} in every column", where=staging.where(first))
        yield Change("G08", at, text, area, area, 0.0, staging.geometries[at])


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that should fit each other, and what they should fit."""

    rows: NDArray[np.bool_]
    beside: Layer
    parents: Surfaces


def _groups(staging: Staging, areas: Geometries, context: ImportContext) -> Iterator[_Group]:
    """Return the groups one after the other: a group sees the repairs of those before it."""
    surfaces = Surfaces([], Surfaces(areas).metres)
    none = nothing(surfaces.metres)
    if context.kind == "governance-grids":
        lines = staging.values("line")
        for line in sorted(set(lines), key=str):
            yield _Group(np.array([one == line for one in lines]), none, none.surfaces)
    elif context.kind == "grids":
        own = {code for code in staging.values("code") if code is not None}
        beside = read_areas(context.registry, "grids", surfaces, areas, without=own)
        communities = divisions_of(context.registry, Level.COMMUNITY, surfaces, areas)
        yield _Group(np.ones(len(staging), dtype=bool), beside, communities.surfaces)
    else:
        yield from _levels(staging, areas, context, surfaces)


def _levels(
    staging: Staging, areas: Geometries, context: ImportContext, surfaces: Surfaces
) -> Iterator[_Group]:
    """Return the divisions level by level, from above, with those of the registry and the level above."""
    levels = np.array(
        [
            level_of(code, word)
            for code, word in zip(staging.values("code"), staging.values("level"), strict=True)
        ]
    )
    own = {code for code in staging.values("code") if code is not None}
    for level in Level:
        rows = levels == level
        if rows.any():
            beside = divisions_of(context.registry, level, surfaces, areas[rows], without=own)
            parents = Surfaces(areas[levels == _ABOVE.get(level)], surfaces.metres)
            if level in _ABOVE:
                above = divisions_of(context.registry, _ABOVE[level], surfaces, areas[rows], without=own)
                parents = parents.with_others(above.surfaces)
            yield _Group(rows, beside, parents)


def _mend_group(staging: Staging, areas: Geometries, group: _Group, kept: NDArray[np.bool_]) -> list[Change]:
    """Repair the rows of a group in place; return the changes at their positions in the staging."""
    rows = np.flatnonzero(group.rows & kept)
    whole = np.concatenate([areas[rows], group.beside.surfaces.degrees])
    movable = np.arange(len(whole)) < len(rows)

    def name(at: int) -> Text | str:
        return staging.name_of(rows[at]) if at < len(rows) else str(group.beside.codes[at - len(rows)])

    mended, changes = mend(whole, movable, name, group.parents)
    areas[rows] = mended[: len(rows)]
    return [replace(change, at=int(rows[change.at])) for change in changes]


def _layers(layers: list[SourceLayer], areas: Geometries, kept: NDArray[np.bool_]) -> Iterator[SourceLayer]:
    """Return the layers with the repaired areas and without the rows that were dropped."""
    start = 0
    for layer in layers:
        end = start + len(layer.frame)
        geometry: list[BaseGeometry | None] = list(areas[start:end])
        frame = layer.frame.set_geometry(geometry, crs=layer.frame.crs)[kept[start:end]]
        repaired = frame.reset_index(drop=True)
        yield SourceLayer(layer.path, layer.name, repaired, layer.crs_evidence, layer.encoding_evidence)
        start = end
