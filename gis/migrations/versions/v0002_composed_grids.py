"""Add grids made of unit grids, what followed retired codes, valid codes, and editions of several parts."""

from __future__ import annotations

from typing import Any

from alembic import context, op
from sqlalchemy import BigInteger, Column, Identity, Integer, UniqueConstraint, text

from gis.columns import GeometryColumn, UtcDateTime, json_text, plain_text, utc_now

revision = "0002"
down_revision = "0001"

_JSON = {"attributes", "successors"}
# table: geometry type, key, business columns, indexed columns
_DATASETS: dict[str, tuple[str | None, str, str, str]] = {
    "management_grids": ("MULTIPOLYGON", "code", "code name community attributes", "community name"),
    "evaluation_grids": ("MULTIPOLYGON", "code", "code name street attributes", "street name"),
    "memberships": (None, "kind line code member", "kind line code member", "member"),
    "retirements": (
        None,
        "kind code",
        "kind code name operation successors reason date attributes",
        "code",
    ),
    "division_codes": (
        None,
        "code",
        "code name level parent_code standard source attributes",
        "name",
    ),
}


def upgrade() -> None:
    """Create the tables, and the one part of each edition there is."""
    backend = context.config.attributes["backend"]
    for table, (geometry, key, columns, indexes) in _DATASETS.items():
        _create(
            table,
            geometry,
            key.split(),
            columns.split(),
            [UniqueConstraint(*key.split(), name=f"uq_{table}")],
        )
        for column in indexes.split():
            op.create_index(f"ix_{table}_{column}", table, [column])
        backend.set_up_table(op.get_bind(), table, geometry=geometry, key=key.split())
    for table, (geometry, key, columns, _) in _DATASETS.items():
        history = f"{table}_history"
        closing = [
            Column("closed_by", Integer, nullable=False),
            Column("valid_to", UtcDateTime(), nullable=False),
        ]
        _create(history, geometry, key.split(), columns.split(), closing)
        op.create_index(f"ix_{history}_key", history, [*key.split(), "closed_by"])
        op.create_index(f"ix_{history}_closed_by", history, ["closed_by"])
        backend.set_up_table(op.get_bind(), history, geometry=geometry)
    _create_parts()


def _create(table: str, geometry: str | None, key: list[str], names: list[str], more: list[Any]) -> None:
    business: list[Column[Any]] = [Column(n, _type(n), nullable=n not in key) for n in names]
    op.create_table(
        table,
        Column("fid", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
        *business,
        *([Column("geom", GeometryColumn(geometry))] if geometry else []),
        Column("edition", Integer, nullable=False, server_default=text("0")),
        Column("valid_from", UtcDateTime(), nullable=False, server_default=utc_now()),
        *more,
        sqlite_autoincrement=True,
    )


def _type(name: str) -> Any:
    return json_text() if name in _JSON else plain_text()


def _create_parts() -> None:
    counts = ("added", "changed", "retired", "unchanged")
    op.create_table(
        "edition_parts",
        Column("edition", Integer, primary_key=True, autoincrement=False),
        Column("dataset", plain_text(), primary_key=True),
        Column("position", Integer, nullable=False, server_default=text("0")),
        *(Column(name, Integer, nullable=False, server_default=text("0")) for name in counts),
    )
    op.create_index("ix_edition_parts_dataset", "edition_parts", ["dataset"])
    op.execute(
        "INSERT INTO edition_parts (edition, dataset, added, changed, retired, unchanged)"
        " SELECT id, dataset, added, changed, retired, unchanged FROM editions"
    )
