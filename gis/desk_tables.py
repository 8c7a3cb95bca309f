"""Tables that people's work adds to without an edition: outcomes of answers, proposed changes."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, Table

from gis.columns import UtcDateTime, json_text, plain_text
from gis.dataset import fid_column, metadata

outcomes = Table(
    "outcomes",
    metadata,
    fid_column(),
    Column("answer_id", plain_text(), nullable=False),
    Column("recorded_at", UtcDateTime(), nullable=False),
    Column("result", plain_text(), nullable=False),
    Column("evidence", plain_text()),
    *(Column(name, plain_text()) for name in ("to_code", "to_name", "reason")),
    Column("question", json_text(), nullable=False),
    Column("basis", json_text(), nullable=False),
    *(Column(name, plain_text()) for name in ("decision", "acting_code", "acting_name")),
    *(Column(name, plain_text()) for name in ("standard", "kind", "class_code")),
    Column("rule_no", Integer),
    *(Column(name, plain_text()) for name in ("reason_code", "reason_ref", "street")),
    Index("ix_outcomes_answer_id", "answer_id"),
    sqlite_autoincrement=True,
)
"""What became of answers, the last word on an answer last; rows are added, never changed."""

change_proposals = Table(
    "change_proposals",
    metadata,
    fid_column(),
    Column("change", plain_text(), nullable=False),
    *(Column(name, plain_text()) for name in ("component_id", "standard", "class_code")),
    *(Column(name, Double) for name in ("lon", "lat")),
    *(Column(name, plain_text()) for name in ("source", "note", "evidence")),
    Column("proposed_at", UtcDateTime(), nullable=False),
    Column("status", plain_text(), nullable=False),
    Column("decided_at", UtcDateTime()),
    Column("why", plain_text()),
    Column("edition", Integer),
    Index("ix_change_proposals_status", "status"),
    sqlite_autoincrement=True,
)
"""Changes of components that were seen in the field, open until somebody decides."""
