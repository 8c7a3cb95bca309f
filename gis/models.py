"""The registry's tables, and the datasets that editions are made of.

Every dataset has a live table, what holds now, and a history table beside it
(``unit_grids`` and ``unit_grids_history``), so that a desktop GIS which opens the file does not
draw retired things over live ones. A row is one *version* of a thing: ``edition`` wrote it and it
holds from ``valid_from``; in the history also ``closed_by``, the edition that replaced or retired
it, and ``valid_to`` (exclusive).

``fid`` of a live row stays the same through all changes of the thing; in a history table it only
numbers the rows. Edition 0 marks rows that something else than wangge wrote.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, text

from gis.access_tables import api_keys, classifications, layers
from gis.columns import UtcDateTime, json_text, plain_text
from gis.dataset import GEOMETRY, Dataset, define_dataset, metadata
from gis.desk_tables import change_proposals, outcomes
from gis.errors import UsageError
from gis.job_tables import jobs
from gis.text import t

__all__ = [
    "DATASETS",
    "GEOMETRY",
    "Dataset",
    "api_keys",
    "change_proposals",
    "classifications",
    "dataset_named",
    "dataset_of_collection",
    "edition_parts",
    "editions",
    "jobs",
    "layers",
    "metadata",
    "outcomes",
    "settings",
]

_LINE = ("line", "code")

DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        define_dataset(
            "divisions",
            "code name level parent_code statistics_code former_names attributes",
            geometry="MULTIPOLYGON",
            collection="divisions",
            indexes=("parent_code", "name"),
        ),
        define_dataset(
            "grids",
            "code name county street community area_m2 initial_date change_date end_date state"
            " responsible legacy_code note attributes",
            table="unit_grids",
            geometry="MULTIPOLYGON",
            collection="unit-grids",
            indexes=("street", "community", "name"),
        ),
        define_dataset(
            "responsibility-grids",
            "line code name unit_code unit_name attributes",
            key=_LINE,
            table="responsibility_grids",
            geometry="MULTIPOLYGON",
            collection="responsibility-grids",
            indexes=("name",),
        ),
        define_dataset(
            "governance-grids",
            "line code name community_name street_name attributes",
            key=_LINE,
            table="governance_grids",
            geometry="MULTIPOLYGON",
            collection="governance-grids",
            indexes=("name",),
        ),
        define_dataset(
            "management-grids",
            "code name community attributes",
            table="management_grids",
            geometry="MULTIPOLYGON",
            collection="management-grids",
            indexes=("community", "name"),
        ),
        define_dataset(
            "evaluation-grids",
            "code name street attributes",
            table="evaluation_grids",
            geometry="MULTIPOLYGON",
            collection="evaluation-grids",
            indexes=("street", "name"),
        ),
        define_dataset(
            "memberships",
            "kind line code member",
            key=("kind", "line", "code", "member"),
            scope=("kind", "line", "code"),
            indexes=("member",),
        ),
        define_dataset(
            "retirements",
            "kind code name operation successors reason date attributes",
            key=("kind", "code"),
            indexes=("code",),
        ),
        define_dataset(
            "division-codes",
            "code name level parent_code standard source attributes",
            table="division_codes",
            indexes=("name",),
        ),
        define_dataset(
            "components",
            "id class_code standard name county authority_code authority_name owner_code owner_name"
            " maintainer_code maintainer_name unit_grid street community state initial_date"
            " change_date source position_text note attributes",
            key=("id",),
            geometry="GEOMETRY",
            collection="components",
            indexes=("class_code", "unit_grid"),
        ),
        define_dataset(
            "classes",
            "standard kind code name major parent_code geometry_kind accuracy_class ownerless aliases"
            " group_names valid_from_date valid_to_date note attributes",
            key=("standard", "kind", "code"),
        ),
        define_dataset(
            "component-aliases",
            "scheme identifier component_id note",
            key=("scheme", "identifier"),
            table="component_aliases",
            indexes=("identifier", "component_id"),
        ),
        define_dataset(
            "component-photos",
            "component_id path sha256 taken_at lon lat note",
            key=("component_id", "path"),
            table="component_photos",
            indexes=("sha256",),
        ),
        define_dataset(
            "number-blocks",
            "county class_code first_number last_number contractor handed_out_date state note",
            key=("county", "class_code", "first_number"),
            table="number_blocks",
            indexes=("contractor",),
        ),
        define_dataset(
            "sheets",
            "scale code name crs attributes",
            key=("scale", "code"),
            geometry="MULTIPOLYGON",
            indexes=("code",),
        ),
        define_dataset(
            "organisations",
            "code name short_names former_names types parent_code division_code lines state"
            " successor_code attributes",
            indexes=("name", "division_code"),
        ),
        # No collection: who is on duty is never published.
        define_dataset(
            "duty-contacts",
            "organisation_code duty contact department phone lines note",
            key=("organisation_code", "duty", "contact"),
            table="duty_contacts",
            scope=("organisation_code",),
        ),
        define_dataset(
            "rules",
            "standard kind class_code class_name rule_no condition limit_text steps closing acting mode"
            " supervising legal_basis note",
            key=("standard", "kind", "class_code", "rule_no"),
            scope=("standard", "kind", "class_code"),
        ),
        define_dataset(
            "areas",
            "line code name unit_code unit_name classes handover in_scope contract valid_from_date"
            " valid_to_date attributes",
            key=_LINE,
            geometry="MULTIPOLYGON",
            collection="areas",
            indexes=("name",),
        ),
        define_dataset(
            "boundaries",
            "code name unit_a_code unit_b_code taken_by width_m classes agreement attributes",
            geometry="MULTILINESTRING",
            collection="boundaries",
        ),
        define_dataset(
            "facilities",
            "code component_id place_code name classes authority_code authority_name owner_code owner_name"
            " maintainer_code maintainer_name builder_code builder_name ownership evidence evidence_date"
            " documents handover handover_date warranty_to radius_m valid_from_date valid_to_date note"
            " attributes",
            geometry="GEOMETRY",
            indexes=("component_id",),
        ),
        define_dataset(
            "precedents",
            "code kind standard classes component_id name radius_m unit_code unit_name against evidence"
            " documents settled_date note",
            geometry="POINT",
            indexes=("component_id",),
        ),
        define_dataset(
            "duty-answers",
            "code kind standard classes component_id radius_m unit_code unit_name answer asked_date"
            " answer_date reason documents note",
            table="duty_answers",
            geometry="POINT",
            indexes=("component_id",),
        ),
        define_dataset(
            "cases",
            "id class_code standard kind component_id reported_at source accuracy_m rule_no acting_code"
            " acting_name outcome note attributes",
            key=("id",),
            geometry="POINT",
            indexes=("class_code",),
        ),
        define_dataset(
            "places",
            "code name type aliases address street_name attributes",
            geometry="GEOMETRY",
            collection="places",
            indexes=("name",),
            added="poi_type former_names description floor zone_name street_code district_name town_name"
            " community_name county street community source initial_date change_date valid_from_date"
            " valid_to_date state",
        ),
        define_dataset(
            "addresses",
            "code address street_name number community attributes",
            geometry="POINT",
            collection="addresses",
            indexes=("address", "street_name"),
            added="building zone_name street_code former_names district_name town_name community_name county"
            " street source initial_date change_date valid_from_date valid_to_date state",
        ),
        define_dataset(
            "streets",
            "code name aliases from_name to_name attributes",
            geometry="MULTILINESTRING",
            collection="streets",
            indexes=("name",),
            added="former_names direction min_number max_number district_name town_name county street source"
            " initial_date change_date valid_from_date valid_to_date state",
        ),
        # No collection of features: its pixels are served, not the table of its footprints.
        define_dataset(
            "rasters",
            "code name kind crs pixels_x pixels_y bands value_type nodata resolution_m path checksum"
            " date note attributes",
            geometry="MULTIPOLYGON",
        ),
    )
}
"""Datasets by the command line's KIND."""

editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("dataset", plain_text(), nullable=False),
    Column("operation", plain_text(), nullable=False),
    Column("committed_at", UtcDateTime(), nullable=False),
    Column("source", plain_text()),
    Column("added", Integer, nullable=False, server_default=text("0")),
    Column("changed", Integer, nullable=False, server_default=text("0")),
    Column("retired", Integer, nullable=False, server_default=text("0")),
    Column("unchanged", Integer, nullable=False, server_default=text("0")),
    Column("reverts", Integer),
    Column("report", json_text()),
    Index("ix_editions_dataset", "dataset"),
)
"""Every import and edit, numbered over all datasets; the counts are those of all its parts."""

edition_parts = Table(
    "edition_parts",
    metadata,
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("dataset", plain_text(), primary_key=True),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("added", Integer, nullable=False, server_default=text("0")),
    Column("changed", Integer, nullable=False, server_default=text("0")),
    Column("retired", Integer, nullable=False, server_default=text("0")),
    Column("unchanged", Integer, nullable=False, server_default=text("0")),
    Index("ix_edition_parts_dataset", "dataset"),
)
"""What an edition did to each dataset it touched: most touch one, a split of a grid several."""

settings = Table(
    "settings",
    metadata,
    Column("key", plain_text(), primary_key=True),
    Column("value", plain_text()),
)
"""Configuration that belongs to the registry, not to a machine."""


def dataset_named(name: str) -> Dataset:
    """Return a dataset by its KIND of the command line.

    Raises
    ------
    UsageError
        There is no such dataset.
    """
    if name not in DATASETS:
        raise UsageError(
            t("There is no dataset {name}", name=name),
            field="dataset",
            value=name,
            expected=", ".join(DATASETS),
        )
    return DATASETS[name]


def dataset_of_collection(collection: str) -> Dataset | None:
    """Return the dataset behind an OGC API collection identifier, ``None`` when there is none."""
    return next((d for d in DATASETS.values() if d.collection == collection), None)
