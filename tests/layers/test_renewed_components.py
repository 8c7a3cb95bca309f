"""An upgrade renews how components are drawn, and nothing that somebody chose himself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from gis import schema
from gis.columns import to_json
from gis.migrations.versions import v0013_editions_of_rows as step
from gis.models import DATASETS, layers
from gis.registry import Registry
from layers.catalogue import catalogue_version, get_layer, publish, seed_layers
from layers.core import CORE_LAYERS
from layers.layer import Layer

COMPONENTS = next(layer for layer in CORE_LAYERS if layer.id == "components")
BEFORE = {"style": to_json(step._LABEL_BEFORE), "min_zoom": 14}


def upgraded(registry: Registry, **chosen: object) -> Layer:
    """Bring a registry back to the schema before, with values of that time, and forward again."""
    seed_layers(registry)
    publish(registry, "components")
    with registry.begin() as connection:
        row = update(layers).where(layers.c.id == "components").values(BEFORE | chosen)
        connection.execute(row)
        for dataset in DATASETS.values():
            connection.exec_driver_sql(f"DROP INDEX ix_{dataset.live.name}_edition")
        connection.exec_driver_sql(f"UPDATE {schema.VERSION_TABLE} SET version_num = '0012'")
    registry.init()
    return get_layer(registry, "components", public_only=False)


def test_what_nobody_changed_becomes_what_new_registries_have(registry: Registry) -> None:
    seed_layers(registry)
    with registry.connect() as connection:
        version = catalogue_version(connection)[0]
    assert upgraded(registry) == replace(COMPONENTS, public=True)
    with registry.connect() as connection:
        # Published, and renewed
        assert int(catalogue_version(connection)[0]) == int(version) + 2


@pytest.mark.parametrize(
    "chosen",
    [
        {"min_zoom": 13},
        {"title_zh": "城市部件"},
        {"style": '{"label":["id"]}'},
        {"cql2": "state = '完好'"},
        {"properties": '["id","name"]'},
    ],
)
def test_what_somebody_changed_stays_as_it_is(registry: Registry, chosen: dict[str, object]) -> None:
    after = upgraded(registry, **chosen)
    assert after.min_zoom == chosen.get("min_zoom", 14)
    assert "standard" not in after.style["label"]
