"""Add API keys, classifications, and what a layer says about who may see it."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Identity, Integer, UniqueConstraint

from gis.columns import UtcDateTime, json_text, plain_text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create two tables and widen the catalogue of layers."""
    for name in ("classes", "roles", "metadata", "public_profile"):
        op.add_column("layers", Column(name, json_text()))
    for name in ("cql2", "style_id", "classification"):
        op.add_column("layers", Column(name, plain_text()))
    op.create_table(
        "api_keys",
        Column("fid", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
        *(Column(name, plain_text(), nullable=False) for name in ("id", "digest", "label")),
        Column("roles", json_text(), nullable=False),
        *(Column(name, json_text()) for name in ("counties", "layers")),
        Column("made_at", UtcDateTime(), nullable=False),
        *(Column(name, UtcDateTime()) for name in ("expires_at", "revoked_at", "last_used_at")),
        UniqueConstraint("id", name="uq_api_keys"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "classifications",
        *(Column(name, plain_text(), primary_key=True) for name in ("kind", "name")),
        Column("level", plain_text(), nullable=False),
    )
