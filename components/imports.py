"""Turn delivered layers into rows of the components (部件)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

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
from components.class_info import CLASS_DIGITS
from components.classifying import check_classes_in_force, classify
from components.completeness import check_completeness
from components.fields import COMPONENT_FIELDS
from components.former_identifiers import find_known, take_known
from components.grid_reference import UnitGrids, check_divisions, check_grids
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
from gis.editions import basis
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.layer import SourceLayer
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.representative import Points
from gis.staging import Staging, stage
from gis.text import t
from grids.past.hints import explain_past_codes

BEIJING_TIME = ZoneInfo("Asia/Shanghai")


def prepare_components(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare a census of components: one layer per class, or one table.

    Checks C01 to C18 and C23 to C34. The edition of the class codes is ``--standard``, else decided by how
    codes and names agree. Missing identifiers and unit grids are assigned; components are found by their
    aliases too.
    """
    staging = stage(layers, COMPONENT_FIELDS, context, dataset="components", key="id")
    normalise_identifiers(staging)
    photos, stated = PhotoLinks(context.paths, context.registry), staging.values("id")
    catalogue, basis_read = Catalogue.of(context.registry), _basis(context.registry)
    known = find_known(staging, context.registry)
    standard, infos = classify(staging, context.options.standard, catalogue)
    check_classes_in_force(staging, infos, datetime.now(BEIJING_TIME).date())
    check_identifiers(staging, standard, known)
    take_known(staging, known, infos, standard, catalogue)
    points = check_strays(staging, check_places(staging), context.registry)
    check_kinds(staging, infos)
    check_duplicate_identifiers(staging, context.registry)
    check_mandatory(staging, standard)
    check_dates(staging, datetime.now(BEIJING_TIME).date())
    check_owners(staging, np.array([info is not None and info.ownerless for info in infos], dtype=bool))
    settle_organisations(staging, context.registry)
    _place_in_grids(staging, infos, points, context)
    check_divisions(staging)
    explain_past_codes(staging, context.registry)
    apart = check_spots(staging, infos, points)
    check_offset(staging, apart, context.registry)
    check_completeness(staging, infos, points, context.registry)
    check_same_objects(staging, infos, apart, context.registry)
    check_blocks(staging, context.registry)
    issued = _issue_identifiers(staging, context)
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


def _keep_contractors(staging: Staging) -> None:
    named = {at: name for at, name in enumerate(staging.values(CONTRACTOR)) if name is not None}
    if named:
        staging.keep(CONTRACTOR, named)


def _place_in_grids(staging: Staging, infos: np.ndarray, points: Points, context: ImportContext) -> None:
    grids = UnitGrids.around(context.registry, points)
    if grids is None:
        staging.notes.append(t("The registry has no unit grids: positions are not compared with them"))
    else:
        check_grids(staging, infos, points, grids)


def _issue_identifiers(staging: Staging, context: ImportContext) -> bool:
    """Check the county of identifiers (C03), and give new ones where they are missing (C17).

    Returns
    -------
    bool
        Whether any was given.
    """
    counties = _counties(staging, context)
    identifiers, classes = staging.values("id").copy(), staging.values("class_code")
    sequences = Sequences(context.registry, [text for text in identifiers if text is not None])
    for at, text in enumerate(identifiers):
        if staging.refused[at]:
            continue
        if text is None:
            identifiers[at] = _issue(staging, at, counties[at], classes[at], sequences)
        elif counties[at] is not None and text[:6] != counties[at]:
            staging.flag(
                at,
                "C03",
                Severity.WARNING,
                t("Identifier {id} is of county {county}", id=text, county=text[:6]),
                field="id",
                expected=counties[at],
            )
    staging.set("id", identifiers)
    staging.set("county", [None if text is None else text[:6] for text in identifiers])
    return sequences.issued


def _issue(
    staging: Staging, at: int, county: str | None, class_code: str, sequences: Sequences
) -> str | None:
    if county is None or len(class_code) not in CLASS_DIGITS.values():
        staging.flag(
            at,
            "C17",
            Severity.ERROR,
            t("{name} has no identifier, and its county is not known", name=staging.name_of(at)),
            field="id",
            hint=t("Import the unit grids or divisions first"),
        )
        return None
    issued = sequences.next(county, class_code)
    message = t("{name} had no identifier and gets {id}", name=staging.name_of(at), id=issued)
    staging.flag(at, "C17", Severity.INFO, message, field="id", expected=issued)
    return issued


def _counties(staging: Staging, context: ImportContext) -> list[str | None]:
    """Return the county of each row: that of its unit grid, else the only one there is."""
    table = DATASETS["divisions"].live
    frame = read_frame(context.registry, "divisions", where=table.c.level == "county", columns=["code"])
    stated = Counter(text[:6] for text in staging.values("id") if text is not None)
    candidates = set(frame["code"]) or set(stated)
    only = next(iter(candidates)) if len(candidates) == 1 else None
    return [
        grid[:6] if grid is not None and len(grid) == 15 else only for grid in staging.values("unit_grid")
    ]
