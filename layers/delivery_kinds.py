"""What is imported and checked: each kind of delivery with how it is read and prepared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from components.acceptance.sheet_imports import prepare_sheets
from components.alias_imports import prepare_component_aliases
from components.block_imports import prepare_number_blocks
from components.change_report import component_changes
from components.class_imports import prepare_classes
from components.imports import prepare_components
from geocoding.imports import prepare_addresses, prepare_places, prepare_streets
from gis.change_report import ChangeReport, change_report
from gis.editions import Written
from gis.errors import UsageError
from gis.importing import Prepare, Reader, read_features_or_tables, read_sheets, read_spatial
from gis.rasters.imports import prepare_rasters, read_rasters
from gis.text import Text, t
from grids.coding.division_codes import prepare_division_codes, read_division_codes
from grids.division_imports import prepare_divisions
from grids.groups.imports import (
    prepare_evaluation_grids,
    prepare_management_grids,
    prepare_responsibility_grids,
)
from grids.groups.membership_imports import prepare_memberships
from grids.imports import prepare_governance_grids, prepare_grids
from grids.past.imports import prepare_retirements
from responsibility.cases.imports import prepare_cases
from responsibility.duty_contacts import prepare_duty_contacts
from responsibility.facility_import import prepare_facilities
from responsibility.imports import prepare_areas, prepare_boundaries
from responsibility.organisation_import import prepare_organisations
from responsibility.rule_import import prepare_rules


def _changes(dataset: str, places: int, written: Written) -> ChangeReport:
    return change_report(
        written.connection, written.edition, dataset, unchanged=written.unchanged, places=places
    )


def _component_changes(_dataset: str, places: int, written: Written) -> ChangeReport:
    return component_changes(
        written.connection,
        written.edition,
        stage=written.stage,
        unchanged=written.unchanged,
        places=places,
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of delivery.

    Attributes
    ----------
    name : str
        As on the command line.
    description : Text
        For people.
    prepare : callable
        Turns what was read into rows of the dataset of the same name.
    reader : callable
        Reads features or tables.
    changes : callable
        Reports what an edition did to a dataset, with so many places at most, see
        :class:`gis.editions.Written`.
    """

    name: str
    description: Text
    prepare: Prepare
    reader: Reader
    changes: Callable[[str, int, Written], ChangeReport] = _changes


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("divisions", t("divisions: county, street, community"), prepare_divisions, read_spatial),
        Kind(
            "division-codes",
            t("the table of valid division codes"),
            prepare_division_codes,
            read_division_codes,
        ),
        Kind("retirements", t("what became of old codes"), prepare_retirements, read_sheets),
        Kind("grids", t("unit grids"), prepare_grids, read_spatial),
        Kind(
            "management-grids",
            t("management grids, each a few unit grids of one community"),
            prepare_management_grids,
            read_features_or_tables,
        ),
        Kind(
            "evaluation-grids",
            t("evaluation grids, made of management grids"),
            prepare_evaluation_grids,
            read_features_or_tables,
        ),
        Kind(
            "responsibility-grids",
            t("responsibility grids of a line of business"),
            prepare_responsibility_grids,
            read_features_or_tables,
        ),
        Kind("memberships", t("which grids belong to which group"), prepare_memberships, read_sheets),
        Kind(
            "governance-grids",
            t("governance grids, another system with its own codes"),
            prepare_governance_grids,
            read_spatial,
        ),
        Kind("components", t("components of a census"), prepare_components, read_spatial, _component_changes),
        Kind("classes", t("classes of the city's own"), prepare_classes, read_sheets),
        Kind(
            "component-aliases",
            t("further identifiers of components"),
            prepare_component_aliases,
            read_sheets,
        ),
        Kind(
            "number-blocks",
            t("blocks of numbers handed out to contractors"),
            prepare_number_blocks,
            read_sheets,
        ),
        Kind("sheets", t("map sheets, by which a census is accepted"), prepare_sheets, read_spatial),
        Kind("places", t("places: quarters, points of interest, landmarks"), prepare_places, read_spatial),
        Kind("addresses", t("door plates"), prepare_addresses, read_spatial),
        Kind("streets", t("streets"), prepare_streets, read_spatial),
        Kind("organisations", t("organisations"), prepare_organisations, read_sheets),
        Kind(
            "duty-contacts",
            t("who is reached for the duties of an organisation; never published"),
            prepare_duty_contacts,
            read_sheets,
        ),
        Kind("rules", t("the city's case table"), prepare_rules, read_sheets),
        Kind("areas", t("areas of a line of business"), prepare_areas, read_spatial),
        Kind("boundaries", t("agreements on boundaries"), prepare_boundaries, read_spatial),
        Kind(
            "facilities",
            t("the list of facilities: owner, maintainer, handover"),
            prepare_facilities,
            read_features_or_tables,
        ),
        Kind(
            "cases",
            t("past cases: where, of what class, when, and who acted"),
            prepare_cases,
            read_spatial,
        ),
        Kind("rasters", t("rasters: orthophotos and elevation models"), prepare_rasters, read_rasters),
    )
}
"""Kinds by name, in the order in which people meet them."""


def kind_of(name: str) -> Kind:
    """Return a kind by its name.

    Raises
    ------
    UsageError
        There is no such kind.
    """
    if name in KINDS:
        return KINDS[name]
    raise UsageError(
        t("{kind} is not a kind of delivery", kind=name),
        field="KIND",
        value=name,
        expected=", ".join(KINDS),
    )
