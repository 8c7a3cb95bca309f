"""Layers by definition: themes that come with the program, files, documents."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from components.catalogue import SHIPPED
from gis.editions import commit
from gis.errors import NotFound, UsageError
from gis.models import DATASETS
from gis.registry import Registry
from layers.catalogue import add_layers, get_layer, list_layers, seed_layers
from layers.definitions import changed_layer, document_of, new_layer, read_definitions
from layers.items import query_items
from layers.query import ItemsQuery
from layers.themes import classes_called, theme_named, themes

TOILETS = {"id": "toilets", "dataset": "components", "title_zh": "公厕", "classes": ["2013:0301"]}
ALL = [layer for theme in themes().values() for layer in theme.layers]


def frame(dataset: str, rows: list[dict], geometries: list) -> gpd.GeoDataFrame:
    columns = list(DATASETS[dataset].columns)
    values = {name: [row.get(name) for row in rows] for name in columns}
    return gpd.GeoDataFrame(values, geometry=geometries, crs=4490)


def found(registry: Registry, layer_id: str) -> set[str]:
    page = query_items(registry, get_layer(registry, layer_id, public_only=False), ItemsQuery())
    return {feature["id"] for feature in json.loads(page.features)}


def test_themes_are_there_for_the_sectors_and_hold_sound_layers_that_are_not_public() -> None:
    wanted = {"municipal", "sanitation", "greening", "lighting", "parking", "drainage", "evaluation"}
    assert wanted <= set(themes())
    assert len({layer.id for layer in ALL}) == len(ALL)
    assert not any(layer.public for layer in ALL)
    assert all(layer.checked().title_en and layer.title_zh for layer in ALL)


@pytest.mark.parametrize("layer", ALL, ids=lambda layer: layer.id)
def test_no_name_in_a_theme_is_of_no_class_and_no_layer_selects_everything(layer) -> None:
    assert layer.classes or layer.filter or layer.cql2
    for selector in layer.classes:
        standard, code = selector.split(":")
        assert SHIPPED.info(standard, code) is not None


def test_a_name_is_looked_up_in_every_edition() -> None:
    assert classes_called(["路灯"]) == ["2007:0118", "2013:0137", "2026:01037"]
    assert classes_called(["独角兽"]) == []
    with pytest.raises(NotFound):
        theme_named("unicorns")


def test_a_code_counts_in_its_edition_alone(registry: Registry) -> None:
    rows = [
        {"id": "1", "class_code": "0137", "standard": "2013"},
        {"id": "2", "class_code": "0137", "standard": "2007"},
        {"id": "3", "class_code": "013701", "standard": "2013"},
        {"id": "4", "class_code": "0138", "standard": "2013"},
        {"id": "5", "class_code": "0137", "standard": None},
        {"id": "6", "class_code": "01037", "standard": "2026"},
    ]
    commit(registry, "components", frame("components", rows, [shapely.Point(106.5, 29.5)] * len(rows)))
    seed_layers(registry)
    add_layers(registry, theme_named("lighting").layers)
    assert found(registry, "lighting-lamps") == {"1", "3", "6"}
    add_layers(registry, [new_layer({**TOILETS, "id": "major", "classes": ["2013:01"]})])
    assert found(registry, "major") == {"1", "3", "4"}


def test_sample_layers_of_the_evaluation_show_what_is_there_and_invent_nothing(registry: Registry) -> None:
    seed_layers(registry)
    add_layers(registry, theme_named("evaluation").layers)
    square = shapely.MultiPolygon([shapely.box(106.5, 29.5, 106.6, 29.6)])
    divisions = [{"code": "500113", "name": "区", "level": "county"}]
    divisions += [{"code": "500113001001", "name": "社区", "level": "community"}]
    commit(registry, "divisions", frame("divisions", divisions, [square] * 2))
    areas = [{"line": line, "code": "1", "name": line} for line in ("主干道", "环卫")]
    commit(registry, "areas", frame("areas", areas, [square] * 2))
    names = ("人民公园", "公园路小学", "中心广场", "东门菜市场", "南岸汽车站")
    places = [{"code": str(number), "name": name} for number, name in enumerate(names)]
    commit(registry, "places", frame("places", places, [shapely.Point(106.5, 29.5)] * len(places)))
    expected = {
        "communities": {"500113001001"},
        "main-roads": {"主干道:1"},
        "parks": {"0"},
        "squares": {"2"},
        "markets": {"3"},
        "stations": {"4"},
    }
    for layer in theme_named("evaluation").layers:
        name = layer.id.removeprefix("evaluation-")
        assert found(registry, layer.id) == expected.get(name, set()), name


def test_a_definition_takes_from_the_whole_layer_what_it_does_not_say() -> None:
    layer = new_layer(TOILETS)
    assert "maintainer_name" in layer.properties
    assert layer.min_zoom == get_min_zoom("components")
    again = {name: value for name, value in document_of(layer).items() if name != "public"}
    assert new_layer(again) == layer
    assert new_layer({**TOILETS, "dataset": None, "collection": "components"}) == layer


def get_min_zoom(collection: str) -> int:
    from layers.core import CORE_LAYERS

    return next(layer.min_zoom for layer in CORE_LAYERS if layer.id == collection)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": None}, "id"),
        ({"id": "Öffentlich"}, "id"),
        ({"dataset": "duty-contacts"}, "dataset"),
        ({"dataset": "unicorns"}, "dataset"),
        ({"dataset": 5}, "dataset"),
        ({"colour": "red"}, "colour"),
        ({"public": True}, "public"),
        ({"restriction": {}}, "restriction"),
        ({"title_zh": ""}, "title_zh"),
        ({"title_zh": 7}, "title_zh"),
        ({"classes": "2013:0301"}, "classes"),
        ({"classes": ["0301"]}, "classes"),
        ({"properties": ["attributes"]}, "properties"),
        ({"filter": {"colour": "red"}}, "filter"),
        ({"filter": {"state": {"a": 1}}}, "filter.state"),
        ({"filter": {"state": []}}, "filter.state"),
        ({"roles": ["root"]}, "roles"),
        ({"cql2": "colour = 'red'"}, "cql2"),
        ({"cql2": "state ="}, "cql2"),
        ({"min_zoom": 3.5}, "min_zoom"),
        ({"min_zoom": 20, "max_zoom": 3}, "min_zoom"),
        ({"public_profile": {"owner": 1}}, "public_profile.owner"),
        ({"public_profile": {"coarsen_m": "wide"}}, "coarsen_m"),
        ({"metadata": []}, "metadata"),
    ],
)
def test_a_faulty_definition_is_refused_by_member(change: dict, field: str) -> None:
    with pytest.raises(UsageError) as refusal:
        new_layer({**TOILETS, **change})
    assert refusal.value.field == field


def test_neither_identifier_nor_dataset_of_a_layer_change() -> None:
    for name in ("id", "dataset", "public"):
        with pytest.raises(UsageError):
            changed_layer(new_layer(TOILETS), {name: "places"})


def test_definitions_are_read_from_json_and_csv(tmp_path: Path) -> None:
    as_json, as_csv = tmp_path / "layers.json", tmp_path / "layers.csv"
    as_json.write_text(json.dumps([{**TOILETS, "filter": {"state": ["完好", "破损"]}, "roles": ["editor"]}]))
    as_csv.write_text(
        "id,dataset,title_zh,classes,filter,roles\n"
        'toilets,components,公厕,2013:0301,"{""state"": [""完好"", ""破损""]}",editor\n',
        "utf-8-sig",
    )
    assert read_definitions(as_json) == read_definitions(as_csv)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json", b"{}"),
        ("a.json", b"[1]"),
        ("a.json", b"\xff\xfe"),
        ("a.csv", b"id,dataset,filter\nx,components,{\n"),
        ("a.csv", b"id,dataset\nx,components,too,many\n"),
        ("missing.json", None),
    ],
)
def test_a_file_without_definitions_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError):
        read_definitions(path)


def test_all_definitions_of_a_file_are_entered_or_none(registry: Registry, tmp_path: Path) -> None:
    seed_layers(registry)
    before = list_layers(registry, public_only=False)
    path = tmp_path / "layers.json"
    path.write_text(json.dumps([TOILETS, {**TOILETS, "id": "components"}]))
    with pytest.raises(UsageError, match="components"):
        add_layers(registry, read_definitions(path))
    assert list_layers(registry, public_only=False) == before
    path.write_text(json.dumps([TOILETS, {**TOILETS, "id": "BAD"}]))
    with pytest.raises(UsageError, match="2"):
        read_definitions(path)
    add_layers(registry, [new_layer(TOILETS)])
    add_layers(registry, [new_layer({**TOILETS, "title_zh": "公共厕所"})], replacing=True)
    assert get_layer(registry, "toilets", public_only=False).title_zh == "公共厕所"
