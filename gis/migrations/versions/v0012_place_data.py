"""Add what places, addresses and streets are searched by: former names, divisions, validity."""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Column

from gis.columns import json_text, plain_text

revision = "0012"
down_revision = "0011"

_JSON = {"former_names"}
_SHARED = "source initial_date change_date valid_from_date valid_to_date state"
_ADDED = {
    "places": "poi_type former_names description floor zone_name street_code district_name town_name"
    f" community_name county street community {_SHARED}",
    "addresses": "building zone_name street_code former_names district_name town_name community_name"
    f" county street {_SHARED}",
    "streets": "former_names direction min_number max_number district_name town_name county street"
    f" {_SHARED}",
}


def upgrade() -> None:
    """Add the columns to the live tables and their histories."""
    for table, names in _ADDED.items():
        for name in names.split():
            for one in (table, f"{table}_history"):
                op.add_column(one, _column(name))


def _column(name: str) -> Column[Any]:
    return Column(name, json_text() if name in _JSON else plain_text())
