"""The table of jobs: work that outlives the request that asked for it."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, text

from gis.columns import UtcDateTime, json_text, plain_text
from gis.dataset import fid_column, metadata

jobs = Table(
    "jobs",
    metadata,
    fid_column(),
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
    Index("ix_jobs_id", "id", unique=True),
    Index("ix_jobs_status", "status"),
    Index("ix_jobs_owner", "owner"),
    sqlite_autoincrement=True,
)
"""Jobs in the order in which they were asked for; ``request`` is forgotten when one has ended."""
