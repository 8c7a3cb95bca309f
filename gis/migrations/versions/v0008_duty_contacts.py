"""Add duty contacts, kept apart from the organisations."""

from __future__ import annotations

from typing import Any

from alembic import context, op
from sqlalchemy import BigInteger, Column, Identity, Integer, UniqueConstraint, text

from gis.columns import UtcDateTime, json_text, plain_text, utc_now

revision = "0008"
down_revision = "0007"

_TABLE = "duty_contacts"
_KEY = ("organisation_code", "duty", "contact")


def upgrade() -> None:
    """Create the table of contacts with its history."""
    backend = context.config.attributes["backend"]
    history = f"{_TABLE}_history"
    _create(_TABLE, UniqueConstraint(*_KEY, name=f"uq_{_TABLE}"))
    backend.set_up_table(op.get_bind(), _TABLE, geometry=None, key=list(_KEY))
    closing: tuple[Column[Any], ...] = (
        Column("closed_by", Integer, nullable=False),
        Column("valid_to", UtcDateTime(), nullable=False),
    )
    _create(history, *closing)
    op.create_index(f"ix_{history}_key", history, [*_KEY, "closed_by"])
    op.create_index(f"ix_{history}_closed_by", history, ["closed_by"])
    backend.set_up_table(op.get_bind(), history, geometry=None)


def _create(table: str, *more: Any) -> None:
    op.create_table(
        table,
        Column("fid", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
        *(Column(name, plain_text(), nullable=False) for name in _KEY),
        *(Column(name, plain_text()) for name in ("department", "phone")),
        Column("lines", json_text()),
        Column("note", plain_text()),
        Column("edition", Integer, nullable=False, server_default=text("0")),
        Column("valid_from", UtcDateTime(), nullable=False, server_default=utc_now()),
        *more,
        sqlite_autoincrement=True,
    )
