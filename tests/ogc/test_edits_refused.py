"""What edits refuse: by name, with nothing written; and who may not edit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import basis, commit, list_editions
from gis.models import DATASETS
from gis.registry import Registry, open_registry
from layers.catalogue import add_layer, get_layer, publish, seed_layers
from layers.core import CORE_LAYERS
from layers.edits import create_feature
from layers.edits_body import read_body
from layers.edits_kinds import edit_kind, editable_properties
from layers.keys import add_key
from layers.layer import Layer
from tests.ogc.conftest import _asked, frame

GEOJSON, PATCH = "application/geo+json", "application/merge-patch+json"
ITEMS = "/ogc/collections/components/items"
FIRST = "5001130101000001"
PLACE = {"type": "Point", "coordinates": [106.52, 29.52]}
VALUES = {"class_code": "0101", "standard": "2013", "name": "上水井盖", "state": "完好"}
RING = [[106.7, 29.5], [106.8, 29.5], [106.8, 29.6], [106.7, 29.5]]
LINE = {"type": "LineString", "coordinates": [[106.52, 29.52], [106.53, 29.52]]}
FEATURE = {"type": "Feature", "geometry": PLACE, "properties": VALUES}


def _fill(registry: Registry) -> None:
    rows = [
        {"id": f"500113010100000{n}", **VALUES, "county": "500113", "name": "上水井盖"} for n in range(1, 4)
    ]
    rows.append({**rows[0], "id": "5001140101000001", "county": "500114"})
    places = [shapely.Point(106.51 + n / 1000, 29.51) for n in range(4)]
    commit(registry, "components", frame("components", rows, places))
    square = shapely.MultiPolygon([shapely.box(106.5, 29.5, 106.6, 29.6)])
    commit(registry, "divisions", frame("divisions", [{"code": "500113", "level": "county"}], [square]))
    commit(registry, "grids", frame("grids", [{"code": "500113001001001"}], [square]))
    area = {"line": "环卫", "code": "A1", "name": "一标段", "classes": json.dumps(["01"]), "in_scope": True}
    commit(registry, "areas", frame("areas", [area], [square]))
    seed_layers(registry)
    for name in ("components", "unit-grids", "areas", "places", "addresses", "streets", "boundaries"):
        publish(registry, name)


@pytest.fixture
def site(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    monkeypatch.setattr("layers.published.CHECK_EVERY", 0.0)
    monkeypatch.setattr("layers.key_ring.CHECK_EVERY", 0.0)
    _fill(registry)
    with _asked(registry) as asked:
        yield asked


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def asked_by_all(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    if request.param == "gpkg":
        url = str(tmp_path_factory.mktemp("asked") / "city.gpkg")
    else:
        url = request.getfixturevalue("postgis_server").create_database()
    with open_registry(url, create=True) as registry:
        _fill(registry)
        with _asked(registry) as asked:
            yield asked


def send(site, method: str, path: str, body: object = None, **headers: str):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = PATCH if method == "PATCH" else GEOJSON
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.client.request(method, path, content=content, headers={"content-type": kind, **given})


def refused(response, status: int, field: str | None = None) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    if field is not None:
        assert problem["field"] == field, problem
    return problem


def without(*names: str) -> dict:
    return {name: value for name, value in FEATURE.items() if name not in names}


def point(*coordinates: object) -> dict:
    return FEATURE | {"geometry": {"type": "Point", "coordinates": list(coordinates)}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", "body"),
        (b"\xff", "body"),
        (b"[" * 2000, "body"),
        ([], "body"),
        (without("type"), "type"),
        (FEATURE | {"type": "Thing"}, "type"),
        (without("geometry"), "geometry"),
        (FEATURE | {"geometry": None}, "geometry"),
        (FEATURE | {"geometry": "POINT (1 2)"}, "geometry"),
        (FEATURE | {"geometry": {"type": "Circle", "coordinates": [1, 2]}}, "geometry.type"),
        (point("106", "29"), "geometry.coordinates"),
        (point(True, False), "geometry.coordinates"),
        (point(106), "geometry.coordinates"),
        (point(29.5, 106.5), "geometry.coordinates"),
        (point([106.5, 29.5]), "geometry.coordinates"),
        (FEATURE | {"geometry": {"type": "LineString", "coordinates": [[106, 29]]}}, "geometry.coordinates"),
        (
            FEATURE | {"geometry": {"type": "Polygon", "coordinates": [[[106, 29], [107, 29], [106, 30]]]}},
            "geometry.coordinates",
        ),
        (FEATURE | {"geometry": {"type": "MultiPoint", "coordinates": []}}, "geometry.coordinates"),
        (without("properties"), "properties"),
        (FEATURE | {"properties": [1]}, "properties"),
        (FEATURE | {"colour": "red"}, "colour"),
        (FEATURE | {"id": {}}, "id"),
        (FEATURE | {"properties": VALUES | {"colour": "red"}}, "properties.colour"),
        (FEATURE | {"properties": VALUES | {"attributes": {}}}, "properties.attributes"),
        (FEATURE | {"properties": VALUES | {"state": 7}}, "properties.state"),
        (FEATURE | {"properties": VALUES | {"state": "a\0"}}, "properties.state"),
        (FEATURE | {"properties": VALUES | {"name": "长" * 5000}}, "properties.name"),
        (FEATURE | {"properties": VALUES | {"class_code": "0" * 400}}, "properties.class_code"),
        (FEATURE | {"properties": VALUES | {"standard": "1999"}}, "properties.standard"),
        (FEATURE | {"properties": VALUES | {"county": "110101"}}, "properties.county"),
        (FEATURE | {"id": "5001130101000009", "properties": VALUES | {"id": FIRST}}, "properties.id"),
    ],
)
def test_what_is_wrong_with_a_body_is_named(asked_by_all, body: object, field: str) -> None:
    before = len(list_editions(asked_by_all.registry))
    refused(send(asked_by_all, "POST", ITEMS, body), 400, field)
    assert len(list_editions(asked_by_all.registry)) == before


def test_the_checks_of_an_import_refuse_with_their_findings(site) -> None:
    before = len(list_editions(site.registry))
    unknown = refused(send(site, "POST", ITEMS, FEATURE | {"properties": {"standard": "2013"}}), 422)
    assert "C04" in {one["code"] for one in unknown["report"]["findings"] if one["severity"] == "error"}
    refused(send(site, "POST", ITEMS, FEATURE | {"id": "500113010100000"}), 422, "properties.id")
    refused(send(site, "POST", ITEMS, point(0, 0)), 422, "properties.geometry")
    assert len(list_editions(site.registry)) == before


def test_an_identifier_is_given_once_and_stays(site) -> None:
    refused(send(site, "POST", ITEMS, FEATURE | {"id": FIRST}), 409, "id")
    other = FEATURE | {"id": "5001130101000009"}
    refused(send(site, "PUT", f"{ITEMS}/{FIRST}", other, if_match="*"), 409, "id")
    renamed = {"properties": {"id": "5001130101000009"}}
    refused(send(site, "PATCH", f"{ITEMS}/{FIRST}", renamed, if_match="*"), 409, "properties.id")
    refused(send(site, "PUT", f"{ITEMS}/5001130101000009", FEATURE, if_match="*"), 404, "featureId")
    refused(send(site, "DELETE", f"{ITEMS}/5001130101000009", if_match="*"), 404, "featureId")


def test_a_feature_has_to_stay_part_of_the_layer_it_is_edited_in(site) -> None:
    whole = get_layer(site.registry, "components")
    add_layer(site.registry, replace(whole, id="whole", cql2="state = '完好'"))
    before = len(list_editions(site.registry))
    path = "/ogc/collections/whole/items"
    body = {"properties": {"state": "破损"}}
    problem = refused(send(site, "PATCH", f"{path}/{FIRST}", body, if_match="*"), 422, "properties")
    assert "完好" in problem["expected"]
    refused(send(site, "POST", path, FEATURE | {"properties": VALUES | body["properties"]}), 422)
    assert len(list_editions(site.registry)) == before
    assert send(site, "POST", path, FEATURE).status_code == 201


def test_grids_have_a_life_cycle_instead(site) -> None:
    path = "/ogc/collections/unit-grids/items"
    for method, address in (("POST", path), ("PUT", f"{path}/500113001001001"), ("DELETE", f"{path}/x")):
        response = send(site, method, address, FEATURE, if_match="*")
        assert "wangge grids" in refused(response, 405, "collectionId")["hint"]
        assert response.headers["allow"] == "GET, HEAD, OPTIONS"
    assert site.client.request("OPTIONS", path).headers["allow"] == "GET, HEAD, OPTIONS"


def test_methods_that_are_not_there_say_which_are(site) -> None:
    response = send(site, "PUT", ITEMS, FEATURE)
    refused(response, 405)
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert send(site, "POST", f"{ITEMS}/{FIRST}", FEATURE).status_code == 405


def test_bodies_of_other_types_systems_and_sizes_are_refused(site, monkeypatch) -> None:
    refused(send(site, "POST", ITEMS, FEATURE, content_type="text/xml"), 415, "Content-Type")
    refused(send(site, "PUT", f"{ITEMS}/{FIRST}", FEATURE, if_match="*", content_type=PATCH), 415)
    refused(send(site, "POST", ITEMS, FEATURE, content_crs="<EPSG:1>"), 400, "Content-Crs")
    refused(send(site, "POST", ITEMS, FEATURE, content_crs="EPSG:4513"), 400, "Content-Crs")
    monkeypatch.setenv("WANGGE_EDIT_VERTICES", "3")
    line = FEATURE | {
        "geometry": {"type": "LineString", "coordinates": [[106.5, 29.5 + n / 9] for n in range(4)]}
    }
    refused(send(site, "POST", ITEMS, line), 413, "geometry.coordinates")
    monkeypatch.setenv("WANGGE_EDIT_BODY_LIMIT", "10")
    refused(send(site, "POST", ITEMS, FEATURE), 413, "body")


def key(site, *roles: str, **scope: list[str]) -> dict[str, str]:
    return {"authorization": f"Bearer {add_key(site.registry, 'test', roles, **scope)[1]}"}


def test_only_keys_of_editors_edit_and_only_what_they_cover(site) -> None:
    body, path = {"properties": {"state": "破损"}}, f"{ITEMS}/{FIRST}"
    surveyor, editor = key(site, "surveyor"), key(site, "editor")
    refused(send(site, "PATCH", path, body, if_match="*"), 401)
    refused(send(site, "POST", ITEMS, FEATURE, **surveyor), 403)
    assert "POST" not in site.client.request("OPTIONS", ITEMS, headers=surveyor).headers["allow"]
    other = key(site, "editor", counties=["500114"])
    refused(send(site, "PATCH", path, body, if_match="*", **other), 404)
    before = len(list_editions(site.registry))
    refused(send(site, "POST", ITEMS, FEATURE, **other), 403)
    refused(send(site, "POST", "/ogc/collections/areas/items", FEATURE, **other), 403)
    assert len(list_editions(site.registry)) == before
    assert send(site, "POST", ITEMS, FEATURE, **key(site, "editor", counties=["500113"])).status_code == 201
    refused(send(site, "POST", ITEMS, FEATURE, **key(site, "editor", layers=["areas"])), 403)
    response = send(site, "PATCH", path, body, if_match="*", **editor)
    assert response.status_code == 200, response.text
    assert list_editions(site.registry)[0].source is not None
    assert list_editions(site.registry)[0].source.startswith("key ")


def test_pages_of_other_sites_change_nothing_on_the_machine_itself(site) -> None:
    response = send(site, "POST", ITEMS, FEATURE, origin="http://evil.example")
    assert response.status_code in (401, 403)


@pytest.mark.parametrize(
    ("layer", "feature", "changed"),
    [
        (
            "areas",
            {
                "geometry": {"type": "Polygon", "coordinates": [RING]},
                "properties": {"line": "环卫", "code": "A:2", "classes": ["01", "0201"], "in_scope": False},
            },
            {"name": "二标段", "in_scope": True},
        ),
        (
            "places",
            {
                "geometry": PLACE,
                "properties": {"name": "人民广场", "type": "地片", "aliases": ["老广场", "市府广场"]},
            },
            {"aliases": ["新广场"]},
        ),
        (
            "addresses",
            {"geometry": PLACE, "properties": {"address": "人民路 1 号", "number": "1号"}},
            {"address": "人民路2号"},
        ),
        (
            "streets",
            {
                "geometry": LINE,
                "properties": {"name": "人民路"},
            },
            {"to_name": "解放路"},
        ),
        (
            "boundaries",
            {
                "geometry": LINE,
                "properties": {
                    "code": "B1",
                    "taken_by": "a",
                    "width_m": 2.5,
                    "unit_a_code": "U1",
                    "unit_b_code": "U2",
                },
            },
            {"width_m": 3},
        ),
    ],
)
def test_every_layer_that_is_edited_goes_through_a_round(
    site, layer: str, feature: dict, changed: dict
) -> None:
    path = f"/ogc/collections/{layer}/items"
    made = send(site, "POST", path, {"type": "Feature", **feature})
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    shown = site.client.get(address).json()
    for name, value in feature["properties"].items():
        assert shown["properties"][name] == value, name
    patched = send(site, "PATCH", address, {"properties": changed}, if_match=made.headers["etag"])
    assert patched.status_code == 200, patched.text
    again = site.client.get(address).json()
    # An address that changes keeps what it was called before
    kept = {"former_names": [shown["properties"]["address"]]} if layer == "addresses" else {}
    assert again["properties"] == shown["properties"] | changed | kept
    assert again["geometry"] == shown["geometry"]
    assert send(site, "PUT", address, again, if_match=patched.headers["etag"]).status_code == 200
    assert site.client.get(address).json()["properties"] == again["properties"]
    assert send(site, "DELETE", address, if_match=patched.headers["etag"]).status_code == 204
    assert site.client.get(address).status_code == 404


def test_a_component_that_is_moved_gets_the_grid_it_comes_to_stand_in(site) -> None:
    path = f"{ITEMS}/{FIRST}"
    patch = {"properties": {"unit_grid": "500113001001009", "street": "500113001"}}
    assert send(site, "PATCH", path, patch, if_match="*").status_code == 200
    assert send(site, "PATCH", path, {"geometry": PLACE}, if_match="*").status_code == 200
    shown = site.client.get(path).json()["properties"]
    assert (shown["unit_grid"], shown["community"]) == ("500113001001001", "500113001001")


def test_edits_at_the_same_time_lose_nothing(site) -> None:
    layer = get_layer(site.registry, "components")
    body = read_body(layer, json.dumps(FEATURE).encode(), whole=True)
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda _n: create_feature(site.registry, layer, body, source="test"), range(3)))
    assert len({one.id for one in made}) == len({one.edition for one in made}) == 3


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_NUMBERS = st.floats(-200, 200) | st.integers()
_POSITIONS = st.lists(_NUMBERS, min_size=1, max_size=4)
_GEOMETRIES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon", "GeometryCollection"]),
        "coordinates": _POSITIONS
        | st.lists(_POSITIONS, max_size=5)
        | st.lists(st.lists(_POSITIONS, max_size=5)),
    }
)
_NAMES = st.sampled_from(
    ("id", "class_code", "standard", "name", "state", "unit_grid", "initial_date", "county")
)
_FEATURES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.just("Feature") | _VALUES,
        "id": st.text(max_size=20) | _VALUES,
        "geometry": st.just(PLACE) | _GEOMETRIES | _VALUES,
        "properties": st.dictionaries(_NAMES, st.text(max_size=20) | _VALUES, max_size=5) | _VALUES,
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=_FEATURES | _VALUES, method=st.sampled_from(("POST", "PUT", "PATCH")))
def test_no_body_is_a_fault_of_ours(asked_by_all, body: object, method: str) -> None:
    path = ITEMS if method == "POST" else f"{ITEMS}/{FIRST}"
    before = _basis(asked_by_all.registry)
    content = json.dumps(body).encode()
    response = send(asked_by_all, method, path, content, if_match="*")
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        assert _basis(asked_by_all.registry) == before


def _basis(registry: Registry) -> dict[str, int]:
    with registry.connect() as connection:
        return basis(connection)


def test_columns_and_fields_of_edits_are_those_of_the_datasets() -> None:
    edited: list[Layer] = [layer for layer in CORE_LAYERS if edit_kind(layer)]
    assert [layer.id for layer in edited] == [
        "components",
        "places",
        "addresses",
        "streets",
        "areas",
        "boundaries",
    ]
    for layer in edited:
        kind = edit_kind(layer)
        assert kind is not None
        assert kind.fields <= set(DATASETS[layer.dataset].columns)
        assert set(layer.source.key) <= set(editable_properties(layer))
