"""Index live rows by their edition, and give the layer of components what newer registries begin with."""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Connection, Integer, String, cast, column, select, table, update

from gis.columns import from_json, to_json

revision = "0013"
down_revision = "0012"

_LIVE = (
    "divisions unit_grids responsibility_grids management_grids evaluation_grids governance_grids"
    " memberships retirements division_codes components component_aliases component_photos classes"
    " number_blocks organisations duty_contacts rules areas boundaries facilities precedents duty_answers"
    " cases sheets rasters places addresses streets"
)

_BORN_WITH: dict[str, Any] = {
    "title_zh": "部件",
    "title_en": "Components",
    "description_zh": "城市管理部件：井盖、路灯、行道树等",
    "description_en": "Components of the city: covers, lamps, trees and the like",
    "dataset": "components",
    "filter": {},
    "properties": [
        *("id", "class_code", "standard", "name", "county", "authority_code", "authority_name"),
        *("owner_code", "owner_name", "maintainer_code", "maintainer_name", "unit_grid", "street"),
        *("community", "state", "initial_date", "change_date", "source", "position_text"),
    ],
    "min_zoom": 14,
    "max_zoom": 22,
    "position": 50,
    **dict.fromkeys(("classes", "cql2", "style_id", "roles", "classification", "metadata")),
}
_LABEL_BEFORE = {"label": ["id", "class_code", "name", "state"]}
_LABEL = {"label": ["id", "class_code", "standard", "name", "state"]}
_ZOOM = 15

_BY_RANGES: dict[str, Any] = {"postgresql_using": "brin", "postgresql_with": {"pages_per_range": 32}}

_JSON = ("filter", "properties", "classes", "roles", "metadata", "style")
_LAYERS = table("layers", *(column(name) for name in ("id", "style", *_BORN_WITH)))
_SETTINGS = table("settings", column("key", String), column("value", String))


def upgrade() -> None:
    """Create the indexes; let counts reach to the zoom where dots begin, and labels name the standard."""
    for name in _LIVE.split():
        op.create_index(f"ix_{name}_edition", name, ["edition"], **_BY_RANGES)
    _renew_components(op.get_bind())


def _renew_components(connection: Connection) -> None:
    """Renew how the layer is drawn where nobody has changed anything of it but who sees it."""
    row = connection.execute(select(_LAYERS).where(_LAYERS.c.id == "components")).mappings().first()
    if row is None:
        return
    held = {name: from_json(value) if name in _JSON else value for name, value in row.items()}
    if held["style"] not in (_LABEL_BEFORE, _LABEL) or any(held[n] != v for n, v in _BORN_WITH.items()):
        return
    renewed = {"style": to_json(_LABEL), "min_zoom": _ZOOM}
    connection.execute(update(_LAYERS).where(_LAYERS.c.id == "components").values(renewed))
    number = cast(cast(_SETTINGS.c.value, Integer) + 1, String)
    connection.execute(update(_SETTINGS).where(_SETTINGS.c.key == "layers_version").values(value=number))
