from __future__ import annotations

import base64
import json

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import commit
from ogc.processes.processes import PROCESSES

WHERE = {"lon": 106.52, "lat": 29.52}


def execute(site, body: object, process: str = "resolve", **details: object):
    return site.client.post(f"/ogc/processes/{process}/execution", json=body, **details)


def made(site, process: str, **inputs: object) -> dict:
    response = execute(site, {"inputs": inputs}, process)
    assert response.status_code == 200, response.text
    return response.json()


def test_processes_are_listed_and_described(site) -> None:
    listed = site.json("/processes")["processes"]
    assert [process["id"] for process in listed] == [
        "check",
        "divide",
        "echo",
        "geocode",
        "resolve",
        "reverse-geocode",
    ]
    for process in listed:
        described = site.json(f"/processes/{process['id']}", lang="en")
        assert described["jobControlOptions"] == ["sync-execute", "async-execute", "dismiss"]
        assert described["outputTransmission"] == ["value"]
        assert all("schema" in one for one in described["inputs"].values())
        (output,) = described["outputs"].values()
        assert output["schema"]["type"] == ("string" if process["id"] == "echo" else "object")
    described = site.json("/processes/resolve", lang="en")
    assert described["title"] == "Resolve"
    assert {"lon", "lat", "class", "component", "address"} <= described["inputs"].keys()
    assert site.json("/processes/resolve")["title"] == "定责"
    assert site.json("/processes/check")["inputs"]["file"]["minOccurs"] == 1


def test_resolve_answers_in_the_contracts_shape(site) -> None:
    response = execute(site, {"inputs": WHERE | {"as_of": "2030-01-01T00:00:00+08:00"}})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    answer = response.json()
    assert answer["unit_grid"]["code"] == "500113001001001"
    assert {"answer_id", "location", "divisions", "parties", "decision", "reasons", "basis"} <= answer.keys()


def test_as_a_document_the_answer_is_under_the_name_of_its_output(site) -> None:
    body = {"inputs": WHERE, "response": "document", "outputs": {"resolve": {"transmissionMode": "value"}}}
    output = execute(site, body).json()["resolve"]
    assert output["mediaType"] == "application/json"
    assert output["value"]["unit_grid"]["code"] == "500113001001001"


def test_qualified_values_are_read(site) -> None:
    inputs = {name: {"value": value} for name, value in WHERE.items()}
    assert made(site, "resolve", **inputs)["unit_grid"]["code"] == "500113001001001"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"inputs": {"lon": 106.52}}, "lat"),
        ({"inputs": {"lon": "east", "lat": 29.5}}, "lon"),
        ({"inputs": {"lon": [1], "lat": 29.5}}, "lon"),
        ({"inputs": {"lon": {"href": "http://127.0.0.1/"}, "lat": 29.5}}, "lon"),
        ({"inputs": {"colour": "red", "lon": 1, "lat": 2}}, "colour"),
        ({"inputs": [1]}, "inputs"),
        ([], "body"),
        ({"inputs": WHERE, "subscriber": {"successUri": "http://127.0.0.1:9/"}}, "subscriber"),
        ({"inputs": WHERE, "mode": "async"}, "mode"),
        ({"inputs": WHERE, "response": "xml"}, "response"),
        ({"inputs": WHERE, "outputs": {"other": {}}}, "outputs"),
        ({"inputs": WHERE, "outputs": {"resolve": 1}}, "outputs.resolve"),
        (
            {"inputs": WHERE, "outputs": {"resolve": {"transmissionMode": "reference"}}},
            "outputs.resolve.transmissionMode",
        ),
        (
            {"inputs": WHERE, "outputs": {"resolve": {"format": {"mediaType": "text/xml"}}}},
            "outputs.resolve.format",
        ),
    ],
)
def test_what_is_not_understood_is_refused_by_name(site, body: object, field: str) -> None:
    response = execute(site, body)
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["field"] == field


def test_a_body_that_is_no_json_or_far_too_large_is_refused(site) -> None:
    path = "/ogc/processes/resolve/execution"
    assert site.client.post(path, content=b"{").json()["field"] == "body"
    assert site.client.post(path, content=b"").status_code == 400
    assert site.client.post(path, content=b"[" * 2_000_000).status_code == 413


def test_an_unknown_process_is_not_found(site) -> None:
    for response in (execute(site, {"inputs": {}}, "none"), site.client.get("/ogc/processes/none")):
        assert response.status_code == 404
        assert response.json()["type"].endswith("/ogcapi-processes-1/1.0/no-such-process")


@pytest.fixture
def with_places(own_site, frames, monkeypatch):
    """Two addresses and a place in the first of the grids."""
    from tests.ogc.conftest import frame

    monkeypatch.setattr("layers.key_ring.CHECK_EVERY", 0.0)
    addresses = [{"code": f"{n}", "address": "河东路1号", "community": "500113001001"} for n in (1, 2)]
    points = [shapely.Point(106.52, 29.52), shapely.Point(106.5201, 29.52)]
    commit(own_site.registry, "addresses", frame("addresses", addresses, points), source="test")
    places = frame("places", [{"code": "9", "name": "柳林公园"}], points[:1])
    commit(own_site.registry, "places", places, source="test")
    return own_site


def test_places_are_found_by_text_and_by_place(with_places) -> None:
    found = made(with_places, "geocode", q="河东路 1号")["results"]
    assert [(place["dataset"], place["code"]) for place in found] == [("addresses", "1"), ("addresses", "2")]
    assert (found[0]["lon"], found[0]["lat"]) == (106.52, 29.52)
    assert len(made(with_places, "geocode", q="河东路1号", limit=1)["results"]) == 1
    assert made(with_places, "geocode", q="河西新村")["results"] == []
    assert {"score", "match", "level", "accuracy_m", "divisions"} <= found[0].keys()
    for text in (" ", "河" * 400):
        refused = execute(with_places, {"inputs": {"q": text}}, "geocode")
        assert (refused.status_code, refused.json()["field"]) == (400, "q")
    composed = made(with_places, "reverse-geocode", lon=106.52, lat=29.52)["address"]
    assert composed["address"].endswith("河东路1号")
    assert composed["pattern"] == "a"
    near = made(with_places, "reverse-geocode", lon=106.52, lat=29.52)["results"]
    assert [place["code"] for place in near] == ["1", "9", "2"]
    assert 9 < near[-1]["distance_m"] < 10
    assert [p["code"] for p in made(with_places, "reverse-geocode", **WHERE, radius=5)["results"]] == [
        "1",
        "9",
    ]


COMPONENTS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [106.52, 29.52]},
            "properties": {"ObjID": "5001130101000900", "ObjName": "上水井盖", "ObjState": "完好"},
        }
    ],
}


def test_a_delivery_is_checked_and_not_imported(own_site) -> None:
    before = own_site.json("/collections/components/items", counts="exact")["numberMatched"]
    text = json.dumps(COMPONENTS, ensure_ascii=False)
    forms: list[dict] = [
        {"value": COMPONENTS},
        {"value": text, "mediaType": "application/geo+json"},
        {
            "value": base64.b64encode(text.encode()).decode(),
            "encoding": "base64",
            "mediaType": "application/geo+json",
        },
    ]
    reports = [made(own_site, "check", kind="components", standard="2013", file=form) for form in forms]
    assert reports[0] == reports[1] == reports[2]
    assert reports[0]["dataset"] == "components"
    assert reports[0]["checked"] == 1
    assert reports[0]["edition"] is None
    assert own_site.json("/collections/components/items", counts="exact")["numberMatched"] == before


@pytest.mark.parametrize(
    ("inputs", "field", "status"),
    [
        ({"kind": "components"}, "file", 400),
        ({"kind": "nothing", "file": {"value": COMPONENTS}}, "kind", 400),
        ({"kind": "components", "file": "UEsDBA=="}, "file", 400),
        ({"kind": "components", "file": {"href": "https://example.com/a.zip"}}, "file", 400),
        ({"kind": "components", "file": {"value": "UEsDBA==", "mediaType": "a/b"}}, "file.mediaType", 400),
        ({"kind": "components", "file": {"value": "?", "mediaType": "application/zip"}}, "file.value", 400),
        ({"kind": "components", "file": {"value": "UEsDBA==", "mediaType": "application/zip"}}, None, 422),
        ({"kind": "components", "file": {"value": COMPONENTS}, "crs": "EPSG:1"}, "crs", 400),
    ],
)
def test_deliveries_that_cannot_be_checked_are_refused(site, inputs, field, status) -> None:
    response = execute(site, {"inputs": inputs}, "check")
    assert response.status_code == status, response.text
    assert response.json().get("field") == field
    assert "/tmp" not in response.text


def test_unit_grids_are_proposed_for_communities_that_were_sent(site) -> None:
    square = shapely.box(106.5, 29.5, 106.504, 29.504)
    frame = gpd.GeoDataFrame(
        {"code": ["500113001001", "500113001002"], "name": ["甲", "乙"]},
        geometry=[square, shapely.box(106.504, 29.5, 106.508, 29.504)],
        crs=4490,
    )
    sent = {"value": json.loads(frame.to_json()), "mediaType": "application/geo+json"}
    body = {"inputs": {"communities": sent, "division": "500113001001", "profile": "core"}}
    response = execute(site, body, "divide")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/geo+json"
    proposals = gpd.GeoDataFrame.from_features(response.json()["features"])
    assert len(proposals) > 5
    assert set(proposals["community"]) == {"500113001001"}
    assert proposals.geometry.union_all().symmetric_difference(square).area < 1e-12
    assert [row["community"] for row in response.json()["communities"]] == ["500113001001"]
    nowhere = execute(site, {"inputs": {"communities": sent, "division": "9"}}, "divide")
    assert (nowhere.status_code, nowhere.json()["field"]) == (404, "division")
    none = execute(site, {"inputs": {}}, "divide")
    assert (none.status_code, none.json()["field"]) == (404, "communities")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "mediaType", "encoding", "href", "type", "coordinates"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)
NAMES = sorted({one.name for process in PROCESSES.values() for one in process.inputs})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    process=st.sampled_from(sorted(PROCESSES)),
    body=st.fixed_dictionaries(
        {"inputs": VALUES | st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4)},
        optional={"outputs": VALUES, "response": VALUES, "subscriber": VALUES},
    )
    | VALUES,
)
def test_no_body_is_a_fault_of_ours(site, process: str, body: object) -> None:
    content = json.dumps(body).encode()
    path = f"/ogc/processes/{process}/execution"
    response = site.client.post(path, content=content, raising=False)
    assert response.status_code < 500, (body, response.text)


def test_a_key_finds_what_its_layers_and_districts_show(with_places) -> None:
    from tests.ogc.test_access import key

    def found(**scope: object) -> list[str]:
        headers = key(with_places, "read-restricted", **scope)
        response = execute(with_places, {"inputs": WHERE}, "reverse-geocode", headers=headers)
        assert response.status_code in (200, 403), response.text
        return [place["code"] for place in response.json().get("results", ())]

    assert found() == ["1", "9", "2"]
    assert found(counties=["500113"]) == ["1", "2"]
    assert found(counties=["500114"]) == []
    assert execute(with_places, {"inputs": WHERE}, "reverse-geocode").status_code == 401
    headers = key(with_places, "dispatcher")
    sent = {"inputs": {"kind": "components", "standard": "2013", "file": {"value": COMPONENTS}}}
    assert execute(with_places, sent, "check", headers=headers).status_code == 403
    assert execute(with_places, sent, "check", headers=key(with_places, "surveyor")).status_code == 200


def test_echo_answers_what_it_is_given(site) -> None:
    assert made(site, "echo", text="你好") == "你好"
    document = execute(site, {"inputs": {"text": "你好"}, "response": "document"}, "echo").json()
    assert document == {"text": {"value": "你好", "mediaType": "application/json"}}
    refused = execute(site, {"inputs": {}}, "echo")
    assert (refused.status_code, refused.json()["field"]) == (400, "text")


def test_processes_are_listed_page_by_page(site) -> None:
    seen: list[str] = []
    address: str | None = "/ogc/processes?limit=2"
    while address is not None:
        document = site.client.get(address).json()
        assert 0 < len(document["processes"]) <= 2
        seen += [one["id"] for one in document["processes"]]
        address = next((link["href"] for link in document["links"] if link["rel"] == "next"), None)
    assert seen == ["check", "divide", "echo", "geocode", "resolve", "reverse-geocode"]
    refused = site.client.get("/ogc/processes?limit=0")
    assert (refused.status_code, refused.json()["field"]) == (400, "limit")
