"""Add map sheets, by which a census of components is accepted."""

from __future__ import annotations

from typing import Any

from alembic import context, op
from sqlalchemy import BigInteger, Column, Identity, Integer, UniqueConstraint, text

from gis.columns import GeometryColumn, UtcDateTime, json_text, plain_text, utc_now

revision = "0004"
down_revision = "0003"

_KEY = ("scale", "code")
_GEOMETRY = "MULTIPOLYGON"


def upgrade() -> None:
    """Create the table of sheets with its history."""
    backend = context.config.attributes["backend"]
    _create("sheets", UniqueConstraint(*_KEY, name="uq_sheets"))
    op.create_index("ix_sheets_code", "sheets", ["code"])
    backend.set_up_table(op.get_bind(), "sheets", geometry=_GEOMETRY, key=list(_KEY))
    closing: tuple[Column[Any], ...] = (
        Column("closed_by", Integer, nullable=False),
        Column("valid_to", UtcDateTime(), nullable=False),
    )
    _create("sheets_history", *closing)
    op.create_index("ix_sheets_history_key", "sheets_history", [*_KEY, "closed_by"])
    op.create_index("ix_sheets_history_closed_by", "sheets_history", ["closed_by"])
    backend.set_up_table(op.get_bind(), "sheets_history", geometry=_GEOMETRY)


def _create(table: str, *more: Any) -> None:
    op.create_table(
        table,
        Column("fid", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
        *(Column(name, plain_text(), nullable=False) for name in _KEY),
        *(Column(name, plain_text()) for name in ("name", "crs")),
        Column("attributes", json_text()),
        Column("geom", GeometryColumn(_GEOMETRY)),
        Column("edition", Integer, nullable=False, server_default=text("0")),
        Column("valid_from", UtcDateTime(), nullable=False, server_default=utc_now()),
        *more,
        sqlite_autoincrement=True,
    )
