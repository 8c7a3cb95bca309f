"""Add the facility list, precedents, and what units answered when they were asked whose duty something is."""

from __future__ import annotations

from typing import Any

from alembic import context, op
from sqlalchemy import BigInteger, Column, Double, Identity, Integer, UniqueConstraint, text

from gis.columns import GeometryColumn, UtcDateTime, json_text, plain_text, utc_now

revision = "0006"
down_revision = "0005"

_KEY = "code"
_INDEXED = "component_id"
_JSON = {"classes", "documents", "against", "attributes"}
# table: geometry type, business columns
_DATASETS: dict[str, tuple[str, str]] = {
    "facilities": (
        "GEOMETRY",
        "code component_id place_code name classes authority_code authority_name owner_code owner_name"
        " maintainer_code maintainer_name builder_code builder_name ownership evidence evidence_date"
        " documents handover handover_date warranty_to radius_m valid_from_date valid_to_date note"
        " attributes",
    ),
    "precedents": (
        "POINT",
        "code kind standard classes component_id name radius_m unit_code unit_name against evidence"
        " documents settled_date note",
    ),
    "duty_answers": (
        "POINT",
        "code kind standard classes component_id radius_m unit_code unit_name answer asked_date"
        " answer_date reason documents note",
    ),
}


def upgrade() -> None:
    """Create the tables with their histories."""
    backend = context.config.attributes["backend"]
    for table, (geometry, columns) in _DATASETS.items():
        _create(table, geometry, columns.split(), UniqueConstraint(_KEY, name=f"uq_{table}"))
        op.create_index(f"ix_{table}_{_INDEXED}", table, [_INDEXED])
        backend.set_up_table(op.get_bind(), table, geometry=geometry, key=[_KEY])
    for table, (geometry, columns) in _DATASETS.items():
        history = f"{table}_history"
        closing: tuple[Column[Any], ...] = (
            Column("closed_by", Integer, nullable=False),
            Column("valid_to", UtcDateTime(), nullable=False),
        )
        _create(history, geometry, columns.split(), *closing)
        op.create_index(f"ix_{history}_key", history, [_KEY, "closed_by"])
        op.create_index(f"ix_{history}_closed_by", history, ["closed_by"])
        backend.set_up_table(op.get_bind(), history, geometry=geometry)


def _create(table: str, geometry: str, names: list[str], *more: Any) -> None:
    business: list[Column[Any]] = [Column(n, _type(n), nullable=n != _KEY) for n in names]
    op.create_table(
        table,
        Column("fid", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
        *business,
        Column("geom", GeometryColumn(geometry)),
        Column("edition", Integer, nullable=False, server_default=text("0")),
        Column("valid_from", UtcDateTime(), nullable=False, server_default=utc_now()),
        *more,
        sqlite_autoincrement=True,
    )


def _type(name: str) -> Any:
    if name in _JSON:
        return json_text()
    return Double() if name == "radius_m" else plain_text()
