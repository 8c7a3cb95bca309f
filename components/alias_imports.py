"""Further identifiers of components from a table: former ones, and those that other bodies gave."""

from __future__ import annotations

import numpy as np

from components.fields import ALIAS_FIELDS
from components.known import in_parts, live_among
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.sheet import Sheet
from gis.sheet_tables import tables_of
from gis.staging import Staging, stage_frames
from gis.text import t
from grids.codes import normalise
from grids.numbering import positions_by

MANHOLE = "manhole"
SCHEMES = dict.fromkeys((MANHOLE, "一井一编号", "一井一码", "井盖编号", "窨井编号", "窨井盖编号"), MANHOLE)
"""Words for schemes that have a name of their own; every other scheme is kept as it is written."""


def prepare_component_aliases(sheets: list[Sheet], context: ImportContext) -> Prepared:
    """Prepare further identifiers, one a row: scheme, identifier, the component. Checks C24.

    ``--set scheme=manhole`` says of which scheme all rows are. A component may have any number of them; an
    identifier of a scheme belongs to one component.

    Parameters
    ----------
    sheets : list of Sheet
        Tables with the headings of :data:`components.fields.ALIAS_FIELDS`.
    context : ImportContext
        With the registry, whose components are meant.
    """
    staging = stage_frames(
        tables_of(sheets, ALIAS_FIELDS), ALIAS_FIELDS, context, dataset="component-aliases", key="identifier"
    )
    for name in ("identifier", "component_id"):
        staging.set(name, [None if text is None else normalise(text) for text in staging.values(name)])
    staging.set("scheme", [SCHEMES.get(word, word) for word in staging.values("scheme")])
    _check_present(staging)
    _check_repeated(staging)
    _check_components(staging, context.registry)
    _check_moved(staging, context.registry)
    return staging.prepared(staging.accepted())


def _check_present(staging: Staging) -> None:
    for name in ("scheme", "identifier", "component_id"):
        for at in np.flatnonzero([value is None for value in staging.values(name)]):
            message = t("Row {row} lacks {field}", row=staging.row_number(at), field=name)
            staging.flag(at, "C24", Severity.ERROR, message, field=name)


def _check_repeated(staging: Staging) -> None:
    keys = zip(staging.values("scheme"), staging.values("identifier"), strict=True)
    for positions in positions_by(keys).values():
        for at in positions[1:]:
            message = t(
                "{identifier} is there in {where} already",
                identifier=staging.name_of(at),
                where=staging.where(positions[0]),
            )
            staging.flag(at, "C24", Severity.ERROR, message, field="identifier")


def _check_components(staging: Staging, registry: Registry) -> None:
    """Refuse identifiers of components that are not there; report those that are another's own."""
    components, identifiers = staging.values("component_id"), staging.values("identifier")
    asked = {text for text in (*components, *identifiers) if text is not None}
    live = live_among(registry, "components", asked)
    for at in np.flatnonzero(~staging.refused):
        if components[at] not in live:
            staging.flag(
                at,
                "C24",
                Severity.ERROR,
                t("There is no component {id}", id=components[at]),
                field="component_id",
                hint=t("Import the component first, or correct its identifier"),
            )
        elif identifiers[at] in live and identifiers[at] != components[at]:
            staging.flag(
                at,
                "C24",
                Severity.WARNING,
                t("{identifier} is the identifier of another component", identifier=identifiers[at]),
                field="identifier",
                hint=t("Who asks for it gets that component, not {id}", id=components[at]),
            )


def _check_moved(staging: Staging, registry: Registry) -> None:
    """Report identifiers that another component had so far."""
    schemes, identifiers, components = (
        staging.values(name) for name in ("scheme", "identifier", "component_id")
    )
    rows = np.flatnonzero(~staging.refused)
    before = owners_of(registry, [identifiers[at] for at in rows])
    for at in rows:
        had = before.get((schemes[at], identifiers[at]), components[at])
        if had != components[at]:
            message = t("{identifier} was that of component {id} so far", identifier=identifiers[at], id=had)
            staging.flag(at, "C24", Severity.WARNING, message, field="component_id", expected=had)


def owners_of(registry: Registry, identifiers: list[str]) -> dict[tuple[str, str], str]:
    """Return the component of each alias that the registry has, by scheme and identifier."""
    column = DATASETS["component-aliases"].live.c.identifier
    owners: dict[tuple[str, str], str] = {}
    for part in in_parts(identifiers):
        columns = ["scheme", "identifier", "component_id"]
        frame = read_frame(registry, "component-aliases", where=column.in_(part), columns=columns)
        for scheme, identifier, component in frame.itertuples(index=False, name=None):
            owners[scheme, identifier] = component
    return owners
