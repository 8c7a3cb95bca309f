"""Add classes of a city's own, further identifiers of components, and blocks of numbers."""

from __future__ import annotations

from typing import Any

from alembic import context, op
from sqlalchemy import BigInteger, Boolean, Column, Identity, Integer, UniqueConstraint, text

from gis.columns import UtcDateTime, json_text, plain_text, utc_now

revision = "0003"
down_revision = "0002"

_JSON = {"attributes", "aliases", "group_names"}
_OTHER: dict[str, Any] = {"ownerless": Boolean, "first_number": Integer, "last_number": Integer}
# table: key, business columns, indexed columns
_DATASETS: dict[str, tuple[str, str, str]] = {
    "classes": (
        "standard kind code",
        "standard kind code name major parent_code geometry_kind accuracy_class ownerless aliases"
        " group_names valid_from_date valid_to_date note attributes",
        "",
    ),
    "component_aliases": (
        "scheme identifier",
        "scheme identifier component_id note",
        "identifier component_id",
    ),
    "number_blocks": (
        "county class_code first_number",
        "county class_code first_number last_number contractor handed_out_date state note",
        "contractor",
    ),
}


def upgrade() -> None:
    """Create the tables with their histories."""
    backend = context.config.attributes["backend"]
    for table, (key, columns, indexes) in _DATASETS.items():
        _create(
            table,
            key.split(),
            columns.split(),
            [UniqueConstraint(*key.split(), name=f"uq_{table}")],
        )
        for column in indexes.split():
            op.create_index(f"ix_{table}_{column}", table, [column])
        backend.set_up_table(op.get_bind(), table, geometry=None, key=key.split())
    for table, (key, columns, _) in _DATASETS.items():
        history = f"{table}_history"
        closing = [
            Column("closed_by", Integer, nullable=False),
            Column("valid_to", UtcDateTime(), nullable=False),
        ]
        _create(history, key.split(), columns.split(), closing)
        op.create_index(f"ix_{history}_key", history, [*key.split(), "closed_by"])
        op.create_index(f"ix_{history}_closed_by", history, ["closed_by"])
        backend.set_up_table(op.get_bind(), history, geometry=None)


def _create(table: str, key: list[str], names: list[str], more: list[Any]) -> None:
    business: list[Column[Any]] = [Column(n, _type(n), nullable=n not in key) for n in names]
    op.create_table(
        table,
        Column("fid", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
        *business,
        Column("edition", Integer, nullable=False, server_default=text("0")),
        Column("valid_from", UtcDateTime(), nullable=False, server_default=utc_now()),
        *more,
        sqlite_autoincrement=True,
    )


def _type(name: str) -> Any:
    if name in _JSON:
        return json_text()
    return _OTHER[name]() if name in _OTHER else plain_text()
