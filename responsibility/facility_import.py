"""Turn a facility list (设施清单) into rows: who owns, maintains and answers for a component or a place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas
import numpy as np

from components.catalogue import Catalogue
from gis.columns import to_json
from gis.enumerations import split_list
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.layer import SourceLayer
from gis.sheet import Sheet
from gis.sheet_tables import tables_of
from gis.staging import Staging, stage
from gis.text import t
from grids.codes import normalise
from grids.shapes import as_number
from responsibility.facility_checks import (
    check_dates,
    check_parties,
    check_records,
    check_repeated,
)
from responsibility.facility_objects import settle_objects
from responsibility.import_fields import FACILITY_FIELDS
from responsibility.organisations import read_organisations
from responsibility.settled_records import DISPUTED, SETTLED, UNKNOWN
from responsibility.settling import (
    flag_wording,
    settle_class_lists,
    settle_dates,
    settle_handover,
    settle_units,
)

ROLES = ("authority", "owner", "maintainer", "builder")
OWNERSHIP = {
    **dict.fromkeys((SETTLED, "已确权", "已确认", "明确", "权属明确"), SETTLED),
    **dict.fromkeys((UNKNOWN, "无主", "待确权", "未确权", "权属不明", "不明"), UNKNOWN),
    **dict.fromkeys((DISPUTED, "争议", "有争议", "权属争议", "存在争议"), DISPUTED),
}
_DATES = ("evidence_date", "handover_date", "warranty_to", "valid_from_date", "valid_to_date")


def prepare_facilities(sources: list[SourceLayer | Sheet], context: ImportContext) -> Prepared:
    """Prepare a facility list, from tables or features.

    A row names a component, by its identifier or by one that leads to it, or a place: one of the
    registry's places by code or name, or its own geometry. Checks R05, R06 and R10 to R16.

    Parameters
    ----------
    sources : list of SourceLayer or Sheet
        With the headings of :data:`responsibility.import_fields.FACILITY_FIELDS`.
    context : ImportContext
        With the registry, whose components, places and organisations are meant.
    """
    staging = stage(_as_layers(sources), FACILITY_FIELDS, context, dataset="facilities", key="code")
    for name in ("code", "component_id"):
        staging.set(name, [None if text is None else normalise(text) for text in staging.values(name)])
    _settle_documents(staging)
    _settle_ownership(staging)
    settle_handover(staging)
    settle_dates(staging, _DATES)
    _settle_radius(staging)
    settle_objects(staging, context.registry)
    _settle_units(staging, context)
    settle_class_lists(staging, Catalogue.of(context.registry))
    check_repeated(staging)
    check_parties(staging)
    check_dates(staging)
    check_records(staging, context.registry)
    return staging.prepared(staging.accepted())


def _as_layers(sources: Sequence[SourceLayer | Sheet]) -> list[SourceLayer]:
    """Return everything as features; rows of tables have no geometry."""
    layers = [source for source in sources if isinstance(source, SourceLayer)]
    sheets = [source for source in sources if isinstance(source, Sheet)]
    given = t("as given")
    for name, table in tables_of(sheets, FACILITY_FIELDS) if sheets else ():
        frame = geopandas.GeoDataFrame(table, geometry=[None] * len(table), crs="EPSG:4490")
        layers.append(SourceLayer(name, Path(name).stem, frame, given, given))
    return layers


def _settle_documents(staging: Staging) -> None:
    texts = staging.values("documents")
    staging.set("documents", [to_json(split_list(text)) if text else None for text in texts])


def _settle_ownership(staging: Staging) -> None:
    """Bring states of the ownership to the registry's words (R11 for others)."""
    states: list[str | None] = []
    for at, word in enumerate(staging.values("ownership")):
        states.append(None if word is None else OWNERSHIP.get(word.casefold()))
        if word is not None and states[at] is None:
            message = t("{word} is not understood", word=word)
            flag_wording(staging, at, "R11", message, "ownership", "已确权、无主、争议")
    staging.set("ownership", states)


def _settle_radius(staging: Staging) -> None:
    """Read the radius in metres (R11 for what is none)."""
    metres: list[float | None] = []
    for at, text in enumerate(staging.values("radius_m")):
        value = as_number(text)
        good = value is not None and np.isfinite(value) and value >= 0
        metres.append(value if good else None)
        if text is not None and not good:
            message = t("{word} is not understood", word=str(text))
            flag_wording(staging, at, "R11", message, "radius_m", t("metres, 0 or more"), Severity.ERROR)
    staging.set("radius_m", metres)


def _settle_units(staging: Staging, context: ImportContext) -> None:
    """Look units up; a column of names may hold codes."""
    known = read_organisations(context.registry)
    for role in ROLES:
        codes, names = staging.values(f"{role}_code").copy(), staging.values(f"{role}_name").copy()
        for at, (code, name) in enumerate(zip(codes, names, strict=True)):
            if code is None and known.get(name) is not None:
                codes[at] = name
            unit = known.lookup(codes[at], name)
            names[at] = unit.name if unit is not None else name
        staging.set(f"{role}_code", codes)
        staging.set(f"{role}_name", names)
    settle_units(staging, context, tuple((f"{role}_code", f"{role}_name") for role in ROLES))
