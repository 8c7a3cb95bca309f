"""Turn delivered layers into rows of the components (部件)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from components.attributes import (
    check_dates,
    check_duplicate_identifiers,
    check_identifiers,
    check_mandatory,
    check_owners,
    normalise_identifiers,
)
from components.block_imports import CONTRACTOR, check_blocks
from components.catalogue import Catalogue
from components.class_column import ClassColumn
from components.class_info import CLASS_DIGITS
from components.classifying import check_classes_in_force, classify
from components.completeness import check_completeness
from components.fields import COMPONENT_FIELDS
from components.former_identifiers import find_known, take_known
from components.grid_reference import UnitGrids, check_divisions, check_grids
from components.identifier_column import IdentifierColumn
from components.manhole_numbers import manhole_aliases
from components.offsets import check_offset
from components.photos.links import PhotoLinks
from components.photos.staged import finish_photos, link_photos
from components.positions import check_kinds, check_places
from components.same_objects import check_same_objects
from components.sequences import RESTS_ON, Sequences
from components.spots import check_spots
from components.strays import check_strays
from components.units import settle_organisations
from gis.combinations import alike
from gis.compact_staging import CompactStaging, Rows, stage_compact
from gis.editions import basis
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.layer import SourceLayer
from gis.models import DATASETS
from gis.places import Coordinates
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from gis.texts import Coded, release
from grids.past.hints import explain_past_codes

BEIJING_TIME = ZoneInfo("Asia/Shanghai")


def prepare_components(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare a census of components: one layer per class, or one table.

    Checks C01 to C18 and C23 to C34. The edition of the class codes is ``--standard``, else decided by how
    codes and names agree. Missing identifiers and unit grids are assigned; components are found by their
    aliases too.
    """
    staging = stage_compact(layers, COMPONENT_FIELDS, context, dataset="components", key="id")
    identifiers = normalise_identifiers(staging)
    photos, stated = PhotoLinks(context.paths, context.registry), staging.column("id")
    catalogue, basis_read = Catalogue.of(context.registry), _basis(context.registry)
    known = find_known(staging, identifiers, context.registry)
    standard, classes = classify(staging, identifiers, context.options.standard, catalogue)
    check_classes_in_force(staging, classes, datetime.now(BEIJING_TIME).date())
    check_identifiers(staging, identifiers, standard, known)
    release()
    take_known(staging, known, classes, standard, catalogue)
    identifiers = IdentifierColumn.of(staging.column("id")) if known else identifiers
    points = check_strays(staging, check_places(staging), context.registry)
    check_kinds(staging, classes)
    check_duplicate_identifiers(staging, identifiers, context.registry)
    check_mandatory(staging, standard)
    check_dates(staging, datetime.now(BEIJING_TIME).date())
    check_owners(staging, classes.test(lambda info: info.ownerless))
    settle_organisations(staging, context.registry)
    _place_in_grids(staging, classes, points, context)
    check_divisions(staging)
    release()
    explain_past_codes(staging, context.registry)
    apart = check_spots(staging, classes, points)
    check_offset(staging, identifiers, apart, context.registry)
    check_completeness(staging, classes, points, context.registry)
    check_same_objects(staging, identifiers, classes, apart, context.registry)
    check_blocks(staging, identifiers, context.registry)
    release()
    issued = _issue_identifiers(staging, identifiers, context)
    _keep_contractors(staging)
    link_photos(staging, photos, stated)
    linked = finish_photos(staging, photos)
    prepared = staging.prepared(staging.accepted())
    prepared.also += linked
    aliases = manhole_aliases(staging, context.registry)
    if aliases is not None:
        prepared.also.append(aliases)
    if issued:
        prepared.based_on, prepared.rests_on = basis_read, RESTS_ON
    return prepared


def _basis(registry: Registry) -> dict[str, int]:
    with registry.connect() as connection:
        return basis(connection)


def _keep_contractors(staging: CompactStaging) -> None:
    staging.keep(CONTRACTOR, staging.column(CONTRACTOR))


def _place_in_grids(
    staging: CompactStaging, classes: ClassColumn, points: Coordinates, context: ImportContext
) -> None:
    grids = UnitGrids.around(context.registry, points)
    if grids is None:
        staging.notes.append(t("The registry has no unit grids: positions are not compared with them"))
    else:
        check_grids(staging, classes, points, grids)


def _issue_identifiers(
    staging: CompactStaging, identifiers: IdentifierColumn, context: ImportContext
) -> bool:
    """Check the county of identifiers (C03), and give new ones where they are missing (C17).

    Returns
    -------
    bool
        Whether any was given.
    """
    texts, counties = staging.column("id"), _counties(staging, identifiers, context)
    stated = identifiers.counties()
    expected = np.array([-1 if word is None else int(word) for word in counties.words], np.int32)[
        counties.codes
    ]
    foreign = (stated >= 0) & (expected >= 0) & (stated != expected) & ~staging.refused

    def tell(at: int) -> dict[str, Any]:
        message = t("Identifier {id} is of county {county}", id=texts[at], county=f"{stated[at]:06d}")
        return {"message": message, "field": "id", "expected": counties[at]}

    staging.flag_rows(np.flatnonzero(foreign), "C03", Severity.WARNING, tell)
    missing = np.flatnonzero(~texts.present() & ~staging.refused)
    issued = _issue(staging, missing, counties, identifiers, context.registry) if len(missing) else {}
    staging.set("id", texts.put(issued))
    of_county = _words_of(identifiers.counties())
    staging.set("county", of_county.put({at: str(text)[:6] for at, text in issued.items() if text}))
    return any(issued.values())


def _words_of(counties: NDArray[np.int32]) -> Coded:
    which, first = alike((counties + 1, 1_000_001))
    return Coded.spread(which, (f"{at:06d}" if at >= 0 else None for at in counties[first].tolist()))


def _issue(
    staging: CompactStaging,
    rows: Rows,
    counties: Coded,
    identifiers: IdentifierColumn,
    registry: Registry,
) -> dict[int, str | None]:
    """Give new identifiers to rows; those whose county or class is not known are refused."""
    sequences = Sequences(registry, identifiers.highest())
    codes = staging.column("class_code")
    known = counties.present() & codes.test(lambda code: len(code) in CLASS_DIGITS.values())
    unknown, issuable = rows[~known[rows]], rows[known[rows]]
    issued: dict[int, str | None] = {
        at: sequences.next(str(counties[at]), str(codes[at])) for at in issuable.tolist()
    }

    def refuse(at: int) -> dict[str, Any]:
        return {
            "message": t("{name} has no identifier, and its county is not known", name=staging.name_of(at)),
            "field": "id",
            "hint": t("Import the unit grids or divisions first"),
        }

    def tell(at: int) -> dict[str, Any]:
        message = t("{name} had no identifier and gets {id}", name=staging.name_of(at), id=issued[at])
        return {"message": message, "field": "id", "expected": issued[at]}

    staging.flag_rows(unknown, "C17", Severity.ERROR, refuse)
    staging.flag_rows(issuable, "C17", Severity.INFO, tell)
    return issued


def _counties(staging: CompactStaging, identifiers: IdentifierColumn, context: ImportContext) -> Coded:
    """Return the county of each row: that of its unit grid, else the only one there is."""
    table = DATASETS["divisions"].live
    frame = read_frame(context.registry, "divisions", where=table.c.level == "county", columns=["code"])
    stated = identifiers.counties()
    candidates = set(frame["code"]) or {f"{county:06d}" for county in np.unique(stated[stated >= 0]).tolist()}
    only = next(iter(candidates)) if len(candidates) == 1 else None
    of_grid = staging.column("unit_grid").map(_county_of_grid).coded()
    return of_grid.filled(Coded.constant(only, len(staging)))


def _county_of_grid(stated: str) -> str | None:
    return stated[:6] if len(stated) == 15 and stated.isascii() and stated.isdigit() else None
