"""Tables of what is published and who may see it: layers, API keys, classifications."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, Table, UniqueConstraint, false, text

from gis.columns import UtcDateTime, json_text, plain_text
from gis.dataset import fid_column, metadata

layers = Table(
    "layers",
    metadata,
    fid_column(),
    Column("id", plain_text(), nullable=False),
    Column("title_zh", plain_text()),
    Column("title_en", plain_text()),
    Column("description_zh", plain_text()),
    Column("description_en", plain_text()),
    Column("dataset", plain_text(), nullable=False),
    Column("filter", json_text()),
    Column("properties", json_text()),
    Column("style", json_text()),
    Column("min_zoom", Integer),
    Column("max_zoom", Integer),
    Column("public", Boolean, nullable=False, server_default=false()),
    Column("position", Integer, nullable=False, server_default=text("0")),
    *(Column(name, json_text()) for name in ("classes", "roles", "metadata", "public_profile")),
    *(Column(name, plain_text()) for name in ("cql2", "style_id", "classification")),
    UniqueConstraint("id", name="uq_layers"),
    sqlite_autoincrement=True,
)
"""The layer catalogue: what is published, how it looks, who may see it."""

api_keys = Table(
    "api_keys",
    metadata,
    fid_column(),
    Column("id", plain_text(), nullable=False),
    Column("digest", plain_text(), nullable=False),
    Column("label", plain_text(), nullable=False),
    Column("roles", json_text(), nullable=False),
    *(Column(name, json_text()) for name in ("counties", "layers")),
    Column("made_at", UtcDateTime(), nullable=False),
    *(Column(name, UtcDateTime()) for name in ("expires_at", "revoked_at", "last_used_at")),
    UniqueConstraint("id", name="uq_api_keys"),
    sqlite_autoincrement=True,
)
"""API keys; the key itself is nowhere, only its digest. Rows are revoked, never deleted."""

classifications = Table(
    "classifications",
    metadata,
    Column("kind", plain_text(), primary_key=True),
    Column("name", plain_text(), primary_key=True),
    Column("level", plain_text(), nullable=False),
)
"""Classification (密级) of data sets, rasters and reports; layers carry their own."""
