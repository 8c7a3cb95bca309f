"""Add jobs, which outlive the request that asked for them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Identity, Integer, LargeBinary, text

from gis.columns import UtcDateTime, json_text, plain_text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the table and its indexes."""
    op.create_table(
        "jobs",
        Column("fid", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
        *(
            Column(name, plain_text(), nullable=False)
            for name in ("id", "process", "owner", "language", "status")
        ),
        Column("request", json_text()),
        Column("progress", Integer, nullable=False, server_default=text("0")),
        Column("message", plain_text()),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column("worker", plain_text()),
        Column("media_type", plain_text()),
        Column("result", LargeBinary),
        *(Column(name, UtcDateTime(), nullable=False) for name in ("created_at", "updated_at")),
        *(Column(name, UtcDateTime()) for name in ("started_at", "finished_at", "heartbeat_at")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_id", "jobs", ["id"], unique=True)
    op.create_index("ix_jobs_status", "jobs", ["status"])
    op.create_index("ix_jobs_owner", "jobs", ["owner"])
