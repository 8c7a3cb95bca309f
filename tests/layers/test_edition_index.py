"""What became of a layer since an edition is found by the index of editions, not by reading the table."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sqlalchemy import Select, text

from gis.editions import commit
from gis.models import DATASETS
from gis.registry import Registry
from layers import edits_changes
from layers.catalogue import get_layer, seed_layers

ROWS = 6_000


def components(count: int, state: str) -> gpd.GeoDataFrame:
    columns = list(DATASETS["components"].columns)
    rows = {name: [None] * count for name in columns}
    rows |= {"id": [f"5001130101{n:06d}" for n in range(count)], "class_code": ["0101"] * count}
    rows["state"] = [state] * count
    points = shapely.points(np.linspace(106.5, 106.6, count), np.linspace(29.5, 29.6, count))
    return gpd.GeoDataFrame(rows, geometry=points, crs="EPSG:4490")[[*columns, "geometry"]]


def plan_of(registry: Registry, statement: Select[tuple[object, ...]]) -> str:
    with registry.begin() as connection:
        if registry.kind == "postgis":
            connection.execute(text("ANALYZE"))
        sql = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
        explain = "EXPLAIN " if registry.kind == "postgis" else "EXPLAIN QUERY PLAN "
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + sql.replace("%", "%%")))


@pytest.fixture
def changed(registry: Registry) -> Registry:
    commit(registry, "components", components(ROWS, "完好"))
    commit(registry, "components", components(5, "破损"))
    seed_layers(registry)
    return registry


@pytest.mark.parametrize("cursor", [None, ["5001130101000003"]])
def test_few_changes_are_found_by_the_index_of_editions(changed: Registry, cursor) -> None:
    layer = get_layer(changed, "components", public_only=False)
    few, many = (
        plan_of(changed, edits_changes._statement(layer, 1, cursor, 1_001, few=few)) for few in (True, False)
    )
    assert "ix_components_edition" in few
    assert "ix_components_edition" not in many


@pytest.mark.parametrize("few", [0, 4, 5, 50_000])
def test_either_way_tells_the_same(changed: Registry, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits_changes, "FEW", few)
    layer = get_layer(changed, "components", public_only=False)
    seen, after = [], None
    with changed.connect() as connection:
        while True:
            page = edits_changes.read_changes(connection, layer, 1, limit=2, after=after)
            seen += page.changes
            after = page.next
            if after is None:
                break
    assert [(one.id[-1], one.change, one.edition) for one in seen] == [
        (str(n), "updated", 2) for n in range(5)
    ]


def test_a_large_edition_is_in_the_index_at_once(postgis_registry: Registry, monkeypatch) -> None:
    """Ranges of pages that no index knows are all read, until vacuum comes."""
    monkeypatch.setattr("gis.backend_postgis._ANALYZE_FROM", 1_000)
    commit(postgis_registry, "components", components(ROWS, "完好"))
    with postgis_registry.begin() as connection:
        again = text("SELECT brin_summarize_new_values('ix_components_edition'::regclass)")
        assert connection.scalar(again) == 0
