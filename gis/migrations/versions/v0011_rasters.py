"""Add rasters: where each lies, what it is like, and which file of the store it is."""

from __future__ import annotations

from typing import Any

from alembic import context, op
from sqlalchemy import BigInteger, Column, Double, Identity, Integer, UniqueConstraint, text

from gis.columns import GeometryColumn, UtcDateTime, json_text, plain_text, utc_now

revision = "0011"
down_revision = "0010"

_GEOMETRY = "MULTIPOLYGON"


def upgrade() -> None:
    """Create the table of rasters with its history."""
    backend = context.config.attributes["backend"]
    _create("rasters", UniqueConstraint("code", name="uq_rasters"))
    backend.set_up_table(op.get_bind(), "rasters", geometry=_GEOMETRY, key=["code"])
    closing: tuple[Column[Any], ...] = (
        Column("closed_by", Integer, nullable=False),
        Column("valid_to", UtcDateTime(), nullable=False),
    )
    _create("rasters_history", *closing)
    op.create_index("ix_rasters_history_key", "rasters_history", ["code", "closed_by"])
    op.create_index("ix_rasters_history_closed_by", "rasters_history", ["closed_by"])
    backend.set_up_table(op.get_bind(), "rasters_history", geometry=_GEOMETRY)


def _create(table: str, *more: Any) -> None:
    op.create_table(
        table,
        Column("fid", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
        Column("code", plain_text(), nullable=False),
        *(Column(name, plain_text()) for name in ("name", "kind", "crs")),
        *(Column(name, Integer) for name in ("pixels_x", "pixels_y", "bands")),
        Column("value_type", plain_text()),
        *(Column(name, Double) for name in ("nodata", "resolution_m")),
        *(Column(name, plain_text()) for name in ("path", "checksum", "date", "note")),
        Column("attributes", json_text()),
        Column("geom", GeometryColumn(_GEOMETRY)),
        Column("edition", Integer, nullable=False, server_default=text("0")),
        Column("valid_from", UtcDateTime(), nullable=False, server_default=utc_now()),
        *more,
        sqlite_autoincrement=True,
    )
