"""Create the first schema: datasets with their histories, editions, layers, settings."""

from __future__ import annotations

from typing import Any

from alembic import context, op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Identity,
    Integer,
    UniqueConstraint,
    false,
    text,
)

from gis.columns import GeometryColumn, UtcDateTime, json_text, plain_text, utc_now

revision = "0001"
down_revision = None

_JSON = {
    "former_names", "attributes", "short_names", "types", "lines", "aliases", "classes", "steps",
    "acting", "supervising",
}  # fmt: skip
_OTHER: dict[str, Any] = {"area_m2": Double, "width_m": Double, "rule_no": Integer, "in_scope": Boolean}
# table: geometry type, key, business columns, indexed columns
_DATASETS: dict[str, tuple[str | None, str, str, str]] = {
    "divisions": (
        "MULTIPOLYGON",
        "code",
        "code name level parent_code statistics_code former_names attributes",
        "parent_code name",
    ),
    "unit_grids": (
        "MULTIPOLYGON",
        "code",
        "code name county street community area_m2 initial_date change_date end_date state responsible"
        " legacy_code note attributes",
        "street community name",
    ),
    "responsibility_grids": (
        "MULTIPOLYGON",
        "line code",
        "line code name unit_code unit_name attributes",
        "name",
    ),
    "governance_grids": (
        "MULTIPOLYGON",
        "line code",
        "line code name community_name street_name attributes",
        "name",
    ),
    "components": (
        "GEOMETRY",
        "id",
        "id class_code standard name county authority_code authority_name owner_code owner_name"
        " maintainer_code maintainer_name unit_grid street community state initial_date change_date source"
        " position_text note attributes",
        "class_code unit_grid",
    ),
    "organisations": (
        None,
        "code",
        "code name short_names former_names types parent_code division_code lines state successor_code"
        " attributes",
        "name division_code",
    ),
    "rules": (
        None,
        "standard kind class_code rule_no",
        "standard kind class_code class_name rule_no condition limit_text steps closing acting mode"
        " supervising legal_basis note",
        "",
    ),
    "areas": (
        "MULTIPOLYGON",
        "line code",
        "line code name unit_code unit_name classes handover in_scope contract valid_from_date valid_to_date"
        " attributes",
        "name",
    ),
    "boundaries": (
        "MULTILINESTRING",
        "code",
        "code name unit_a_code unit_b_code taken_by width_m classes agreement attributes",
        "",
    ),
    "places": ("GEOMETRY", "code", "code name type aliases address street_name attributes", "name"),
    "addresses": (
        "POINT",
        "code",
        "code address street_name number community attributes",
        "address street_name",
    ),
    "streets": ("MULTILINESTRING", "code", "code name aliases from_name to_name attributes", "name"),
}


def upgrade() -> None:
    """Create all tables."""
    backend = context.config.attributes["backend"]
    backend.prepare_schema(op.get_bind())
    for table, (geometry, key, columns, indexes) in _DATASETS.items():
        _create_live(table, geometry, key.split(), columns.split(), indexes.split())
        backend.set_up_table(op.get_bind(), table, geometry=geometry, key=key.split())
    # After all live tables, so that programs list those first
    for table, (geometry, key, columns, _) in _DATASETS.items():
        _create_history(table, geometry, key.split(), columns.split())
        backend.set_up_table(op.get_bind(), f"{table}_history", geometry=geometry)
    _create_editions()
    backend.set_up_table(op.get_bind(), "editions", geometry=None)
    _create_layers()
    _create_settings()


def _create_live(
    table: str, geometry: str | None, key: list[str], names: list[str], indexes: list[str]
) -> None:
    op.create_table(
        table,
        _fid(),
        *_business(names, key, geometry),
        *_validity(),
        UniqueConstraint(*key, name=f"uq_{table}"),
        sqlite_autoincrement=True,
    )
    for column in indexes:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _create_history(table: str, geometry: str | None, key: list[str], names: list[str]) -> None:
    op.create_table(
        f"{table}_history",
        _fid(),
        *_business(names, key, geometry),
        *_validity(),
        Column("closed_by", Integer, nullable=False),
        Column("valid_to", UtcDateTime(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(f"ix_{table}_history_key", f"{table}_history", [*key, "closed_by"])
    op.create_index(f"ix_{table}_history_closed_by", f"{table}_history", ["closed_by"])


def _fid() -> Column[int]:
    return Column("fid", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True)


def _business(names: list[str], key: list[str], geometry: str | None) -> list[Column[Any]]:
    columns: list[Column[Any]] = [Column(n, _type(n), nullable=n not in key) for n in names]
    return [*columns, Column("geom", GeometryColumn(geometry))] if geometry else columns


def _type(name: str) -> Any:
    if name in _JSON:
        return json_text()
    return _OTHER[name]() if name in _OTHER else plain_text()


def _validity() -> list[Column[Any]]:
    return [
        Column("edition", Integer, nullable=False, server_default=text("0")),
        Column("valid_from", UtcDateTime(), nullable=False, server_default=utc_now()),
    ]


def _create_editions() -> None:
    counts = ("added", "changed", "retired", "unchanged")
    op.create_table(
        "editions",
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("dataset", plain_text(), nullable=False),
        Column("operation", plain_text(), nullable=False),
        Column("committed_at", UtcDateTime(), nullable=False),
        Column("source", plain_text()),
        *(Column(name, Integer, nullable=False, server_default=text("0")) for name in counts),
        Column("reverts", Integer),
        Column("report", json_text()),
    )
    op.create_index("ix_editions_dataset", "editions", ["dataset"])


def _create_layers() -> None:
    op.create_table(
        "layers",
        _fid(),
        Column("id", plain_text(), nullable=False),
        *(Column(n, plain_text()) for n in ("title_zh", "title_en", "description_zh", "description_en")),
        Column("dataset", plain_text(), nullable=False),
        *(Column(n, json_text()) for n in ("filter", "properties", "style")),
        Column("min_zoom", Integer),
        Column("max_zoom", Integer),
        Column("public", Boolean, nullable=False, server_default=false()),
        Column("position", Integer, nullable=False, server_default=text("0")),
        UniqueConstraint("id", name="uq_layers"),
        sqlite_autoincrement=True,
    )


def _create_settings() -> None:
    op.create_table("settings", Column("key", plain_text(), primary_key=True), Column("value", plain_text()))
