from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from gis.crs import transformer
from gis.errors import UsageError
from gis.models import DATASETS
from gis.registry import Registry
from layers.core import CORE_LAYERS
from layers.cql2 import dataset_condition, filter_condition
from layers.items import query_items
from layers.layer import Layer
from layers.query import ItemsQuery, Period
from layers.reference_systems import reference_system


def ids(
    registry: Registry, layer: Layer, text: str, *, crs: str | None = None, **question: object
) -> list[str]:
    system = {} if crs is None else {"system": reference_system(crs)}
    condition = filter_condition(layer, text, **system)
    query = ItemsQuery(where=condition, limit=1000, properties=(), **question)
    return [feature["id"] for feature in json.loads(query_items(registry, layer, query).features)]


#: What the components of the sample city are found by, and how many of them.
COUNTS = {
    "state = '完好'": 240,
    "CASEI(name) LIKE CASEI('部件“1_”')": 10,
    r"name LIKE '部件\“%'": 300,
    "name LIKE '%*%' OR name LIKE '[部]%' OR name LIKE '?件%'": 0,
    "NOT (owner_name = 'x')": 0,
    "(owner_name = 'x') IS NULL": 300,
    "(owner_name IN ('x', 'y')) IS NULL AND (owner_name LIKE '%') IS NULL": 300,
    "owner_name = 'x' OR state = '破损'": 60,
    "NOT (owner_name = 'x' AND state = '破损')": 240,
    "id = '5001130101000007'": 1,
    "'5001130101000007' = id": 1,
    "id IN ('5001130101000007', '5001130101000008', '''; DROP TABLE components; --')": 2,
    "id < '5001130101000002' AND county IS NULL": 2,
    "class_code = standard": 0,
    "class_code > standard": 0,
    "initial_date = DATE('2024-01-01') OR TRUE": 300,
    "valid_from > TIMESTAMP('2020-01-01T08:00:00+08:00')": 300,
    "T_BEFORE(valid_from, TIMESTAMP('2020-01-01T00:00:00.123456Z'))": 0,
    "valid_from IS NULL OR initial_date IS NOT NULL": 0,
    "geometry IS NULL": 0,
    "S_INTERSECTS(geometry, BBOX(170, 20, -170, 30))": 0,
    "S_INTERSECTS(geometry, BBOX(100, 20, -170, 30))": 300,
    "S_INTERSECTS(geometry, POLYGON((106 29, 107 29, 107 30, 106 30, 106 29)))": 300,
    "S_EQUALS(geometry, geometry) AND NOT S_TOUCHES(geometry, geometry)": 300,
    "S_WITHIN(POINT(1 1), BBOX(0, 0, 2, 2)) AND 1 + 1 = 2 AND 'a' < 'b'": 300,
    "2 ^ 10 = 1024 AND 7 div 2 = 3 AND -7 % 4 = -3 AND (1 / 0) IS NULL AND (0 ^ -1) IS NULL": 300,
    "1e300 > 1e299 AND 99999999999999999999 > 9223372036854775807": 300,
    "T_DISJOINT(INTERVAL('..', '2024-01-01'), INTERVAL('2024-01-02', '..'))": 300,
}


@pytest.mark.parametrize("text", COUNTS)
def test_a_filter_finds_as_many_on_both_databases(city, text: str) -> None:
    assert len(ids(city.registry, city.layer("components"), text)) == COUNTS[text]


#: What is refused, and what the refusal names as expected.
REFUSED = {
    "nothing = 1": "class_code",
    "attributes = 'x'": "class_code",
    "note = 'x'": "class_code",
    "state": "",
    "'x'": "",
    "1 + 1": "",
    "CASEI(state)": "",
    "state = 1": "",
    "state = TRUE": "",
    "state = DATE('2024-01-01')": "",
    "initial_date = '20240101'": "DATE('2026-11-20')",
    "initial_date > TIMESTAMP('2024-01-01T00:00:00Z')": "DATE('2026-11-20')",
    "valid_from = DATE('2024-01-01')": "TIMESTAMP",
    "state + 1 = 2": "",
    "state BETWEEN 1 AND 2": "",
    "state IN ('x', 1)": "",
    "initial_date LIKE '2024%'": "",
    "name LIKE state": "LIKE",
    "name LIKE 'x\\": "",
    "name LIKE 'x\\\\\\'": "",
    f"name LIKE '{'%a' * 30}'": "",
    "(state = 'x') = TRUE": "",
    "TRUE < FALSE": "",
    "geometry = 1": "",
    "INTERVAL('..','..') = 1": "",
    "buffer(state) = 1": "S_INTERSECTS",
    "A_CONTAINS(state, 'x')": "S_INTERSECTS",
    "CASEI(state, name) = 'x'": "",
    "CASEI(1) = 'x'": "",
    "S_INTERSECTS(geometry)": "",
    "S_INTERSECTS(state, POINT(1 1))": "geometry",
    "S_INTERSECTS(geometry, 'POINT(1 1)')": "",
    "S_INTERSECTS(geometry, POINT(181 1))": "CRS84",
    "S_INTERSECTS(geometry, LINESTRING(179 1, 181 1))": "CRS84",
    "S_INTERSECTS(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))": "06-103r4",
    "S_INTERSECTS(geometry, BBOX(1, 2, 3, 1))": "",
    "T_AFTER(state, DATE('2024-01-01'))": "",
    "T_AFTER(valid_from, DATE('2024-01-01'))": "",
    "T_DURING(initial_date, INTERVAL('2024-01-01','..'))": "INTERVAL",
    "T_AFTER(initial_date)": "",
    "T_AFTER(initial_date, 1)": "",
    "1e200 * 1e200 = 1": "",
    "1e-200 * 1e-200 = 1": "",
    "((2 ^ 2) ^ 2) * (2 ^ 2) * (2 ^ 2) * (2 ^ 2) > 1": "",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_asked_is_refused(gpkg_components: Layer, text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        filter_condition(gpkg_components, text)
    assert refusal.value.field == "filter"
    assert REFUSED[text] in str(refusal.value.expected)


@pytest.fixture
def gpkg_components() -> Layer:
    """Return the layer of components as it is shipped."""
    return next(layer for layer in CORE_LAYERS if layer.id == "components")


def test_an_unknown_language_is_refused(gpkg_components: Layer) -> None:
    with pytest.raises(UsageError) as refusal:
        filter_condition(gpkg_components, "TRUE", language="cql")
    assert (refusal.value.field, refusal.value.expected) == ("filter-lang", "cql2-text, cql2-json")


@pytest.mark.parametrize(
    ("crs", "text"),
    [
        ("OGC:CRS84", "BBOX(106.51, 29.41, 106.53, 29.43)"),
        ("EPSG:4326", "BBOX(29.41, 106.51, 29.43, 106.53)"),
        ("EPSG:4490", "POLYGON((29.41 106.51, 29.43 106.51, 29.43 106.53, 29.41 106.53, 29.41 106.51))"),
    ],
)
def test_degrees_are_read_in_the_axis_order_of_their_system(city, crs: str, text: str) -> None:
    layer = city.layer("components")
    expected = ids(city.registry, layer, "S_INTERSECTS(geometry, BBOX(106.51, 29.41, 106.53, 29.43))")
    assert 20 < len(expected) < 100
    assert ids(city.registry, layer, f"S_INTERSECTS(geometry, {text})", crs=crs) == expected


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4524", "EPSG:4544"])
def test_a_box_of_a_plane_holds_what_lies_in_it_there(city, crs: str) -> None:
    """The northing of the zones comes first, as the authority has it."""
    frame = city.frames["components"]
    points = frame[frame.geometry.geom_type == "Point"]
    x, y = transformer("EPSG:4490", crs)(points.geometry.x.to_numpy(), points.geometry.y.to_numpy())
    left, right, bottom, top = x.min() + 1000, x.max() - 700, y.min() + 900, y.max() - 1100
    expected = set(points["id"][(x >= left) & (x <= right) & (y >= bottom) & (y <= top)])
    assert 50 < len(expected) < 200
    sides = (left, bottom, right, top) if crs == "EPSG:3857" else (bottom, left, top, right)
    text = f"S_WITHIN(geometry, BBOX({','.join(map(str, sides))}))"
    others = set(frame["id"]) - set(points["id"])
    assert set(ids(city.registry, city.layer("components"), text, crs=crs)) - others == expected


def test_a_geometry_outside_its_plane_is_refused(gpkg_components: Layer) -> None:
    for box in ("BBOX(1e9, 1e9, 2e9, 2e9)", "POINT(1e30 1e30)"):
        system = reference_system("EPSG:4524")
        with pytest.raises(UsageError) as refusal:
            filter_condition(gpkg_components, f"S_INTERSECTS(geometry, {box})", system=system)
        assert refusal.value.field == "filter"


def test_the_past_is_filtered_by_what_held_then(own_city) -> None:
    layer, registry = own_city.layer("unit-grids"), own_city.registry
    now = Period(datetime.now(UTC), datetime.now(UTC))
    text = "S_INTERSECTS(geometry, BBOX(106.501, 29.401, 106.502, 29.402)) AND state = '有效'"
    assert ids(registry, layer, text, period=now) == ids(registry, layer, text) == ["500113001001001"]


def test_a_date_column_holds_days_alone(own_city) -> None:
    table = DATASETS["grids"].live
    days = {"001": "20240105", "002": "20231231", "003": "2024年", "004": "", "005": None}
    with own_city.registry.begin() as connection:
        for code, day in days.items():
            changed = table.c.code == f"500113001001{code}"
            connection.execute(update(table).where(changed).values(initial_date=day))
    layer = own_city.layer("unit-grids")
    found = ids(own_city.registry, layer, "initial_date >= DATE('2024-01-01')")
    assert found == ["500113001001001"]
    assert len(ids(own_city.registry, layer, "NOT (initial_date >= DATE('2024-01-01'))")) == 1
    assert len(ids(own_city.registry, layer, "initial_date IS NULL")) == 21


def test_somebody_who_may_read_all_filters_by_all(city) -> None:
    for text in ("note IS NULL", "responsible = 'x' OR valid_from IS NOT NULL"):
        assert dataset_condition(DATASETS["grids"], text) is not None
    with pytest.raises(UsageError):
        dataset_condition(DATASETS["rules"], "geometry IS NULL")
    with pytest.raises(UsageError):
        dataset_condition(DATASETS["grids"], "attributes IS NULL")
