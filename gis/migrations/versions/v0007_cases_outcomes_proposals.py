"""Add past cases, what became of answers, and changes of components proposed from the field."""

from __future__ import annotations

from typing import Any

from alembic import context, op
from sqlalchemy import BigInteger, Column, Double, Identity, Integer, UniqueConstraint, text

from gis.columns import GeometryColumn, UtcDateTime, json_text, plain_text, utc_now

revision = "0007"
down_revision = "0006"

_TEXTS = ("class_code", "standard", "kind", "component_id", "reported_at", "source")


def upgrade() -> None:
    """Create the three tables, the first with its history."""
    backend = context.config.attributes["backend"]
    _create_cases("cases", UniqueConstraint("id", name="uq_cases"))
    op.create_index("ix_cases_class_code", "cases", ["class_code"])
    backend.set_up_table(op.get_bind(), "cases", geometry="POINT", key=["id"])
    closing: tuple[Column[Any], ...] = (
        Column("closed_by", Integer, nullable=False),
        Column("valid_to", UtcDateTime(), nullable=False),
    )
    _create_cases("cases_history", *closing)
    op.create_index("ix_cases_history_key", "cases_history", ["id", "closed_by"])
    op.create_index("ix_cases_history_closed_by", "cases_history", ["closed_by"])
    backend.set_up_table(op.get_bind(), "cases_history", geometry="POINT")
    _create_outcomes()
    _create_proposals()


def _fid() -> Column[int]:
    return Column("fid", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True)


def _create_cases(table: str, *more: Any) -> None:
    op.create_table(
        table,
        _fid(),
        Column("id", plain_text(), nullable=False),
        *(Column(name, plain_text()) for name in _TEXTS),
        Column("accuracy_m", Double()),
        Column("rule_no", Integer),
        *(Column(name, plain_text()) for name in ("acting_code", "acting_name", "outcome", "note")),
        Column("attributes", json_text()),
        Column("geom", GeometryColumn("POINT")),
        Column("edition", Integer, nullable=False, server_default=text("0")),
        Column("valid_from", UtcDateTime(), nullable=False, server_default=utc_now()),
        *more,
        sqlite_autoincrement=True,
    )


def _create_outcomes() -> None:
    op.create_table(
        "outcomes",
        _fid(),
        Column("answer_id", plain_text(), nullable=False),
        Column("recorded_at", UtcDateTime(), nullable=False),
        *(Column(name, plain_text(), nullable=name == "evidence") for name in ("result", "evidence")),
        *(Column(name, plain_text()) for name in ("to_code", "to_name", "reason")),
        *(Column(name, json_text(), nullable=False) for name in ("question", "basis")),
        *(Column(name, plain_text()) for name in ("decision", "acting_code", "acting_name")),
        *(Column(name, plain_text()) for name in ("standard", "kind", "class_code")),
        Column("rule_no", Integer),
        *(Column(name, plain_text()) for name in ("reason_code", "reason_ref", "street")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outcomes_answer_id", "outcomes", ["answer_id"])


def _create_proposals() -> None:
    op.create_table(
        "change_proposals",
        _fid(),
        Column("change", plain_text(), nullable=False),
        *(Column(name, plain_text()) for name in ("component_id", "standard", "class_code")),
        *(Column(name, Double()) for name in ("lon", "lat")),
        *(Column(name, plain_text()) for name in ("source", "note", "evidence")),
        Column("proposed_at", UtcDateTime(), nullable=False),
        Column("status", plain_text(), nullable=False),
        Column("decided_at", UtcDateTime()),
        Column("why", plain_text()),
        Column("edition", Integer),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_proposals_status", "change_proposals", ["status"])
