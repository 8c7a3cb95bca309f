from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from gis.errors import UsageError
from layers.catalogue import add_layer, get_layer
from layers.cql2 import filter_condition
from layers.items import count_items, query_items
from layers.profile import Restriction
from layers.query import ItemsQuery
from layers.select import page_statement


def test_a_layer_may_be_what_a_filter_finds(own_city) -> None:
    whole = own_city.layer("components")
    add_layer(own_city.registry, replace(whole, id="broken", cql2="state = '破损' AND note IS NULL"))
    layer = get_layer(own_city.registry, "broken", public_only=False)
    page = query_items(own_city.registry, layer, ItemsQuery(limit=1000))
    states = {feature["properties"]["state"] for feature in json.loads(page.features)}
    assert (states, page.count) == ({"破损"}, 60)
    narrower = ItemsQuery(where=filter_condition(layer, "class_code = '0101'"))
    assert count_items(own_city.registry, layer, narrower) == 15


def test_a_layer_with_a_filter_that_is_none_is_refused(own_city) -> None:
    whole = own_city.layer("components")
    for wrong in ("colour = 'red'", "state =", "state = 1"):
        with pytest.raises(UsageError) as refusal:
            add_layer(own_city.registry, replace(whole, id="broken", cql2=wrong))
        assert refusal.value.field == "cql2"


def test_places_that_are_coarsened_cannot_be_found_out_by_filters(city) -> None:
    layer = city.layer("components")
    coarse = replace(layer, restriction=Restriction(coarsen_m=100.0))
    with pytest.raises(UsageError) as refusal:
        filter_condition(coarse, "S_INTERSECTS(geometry, POINT(106.5 29.4))")
    assert "geometry" not in str(refusal.value.expected).split(", ")


def test_the_rtree_finds_candidates_where_false_is_as_good_as_unknown(city) -> None:
    if city.registry.kind != "gpkg":
        pytest.skip("PostGIS chooses its indexes itself")
    layer = city.layer("components")
    box = "S_INTERSECTS(geometry, BBOX(106.51, 29.41, 106.52, 29.42))"
    assert "rtree" in _sql(layer, box).lower()
    assert "rtree" in _sql(layer, f"{box} AND state = '完好' OR {box}").lower()
    for exact in (f"NOT {box}", f"({box}) IS NULL", f"S_DISJOINT{box.removeprefix('S_INTERSECTS')}"):
        assert "rtree" not in _sql(layer, exact).lower()
    with city.registry.connect() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {_sql(layer, box)}")).all()
    assert any("VIRTUAL TABLE INDEX" in row[-1] for row in plan)


def _sql(layer, filtered: str) -> str:
    query = ItemsQuery(where=filter_condition(layer, filtered), properties=("id",))
    statement = page_statement(layer, query, after=None, rows=10)
    return str(statement.select.compile(dialect=sqlite.dialect())).replace("?", "1")
