"""Features are created, replaced, updated and deleted over HTTP, by the registry's own rules."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from gis.editions import get_edition, list_editions
from gis.errors import UsageError
from gis.models import DATASETS, editions
from gis.read import read_frame
from ogc.app import create_ogc_app

ITEMS = "/ogc/collections/components/items"
FIRST = "5001130101000010"
GEOJSON = {"content-type": "application/geo+json"}
PATCH = {"content-type": "application/merge-patch+json"}


@pytest.fixture(scope="session")
def frames(frames: dict) -> dict:
    """What is committed, with the edition of the classes, which an edit asks for."""
    named = {"class_code": "0101", "standard": "2013", "county": "500113"}
    return frames | {"components": frames["components"].assign(**named)}


def feature(**properties: object) -> dict:
    place = {"type": "Point", "coordinates": [106.56, 29.57]}
    values = {"class_code": "0101", "standard": "2013", "name": "上水井盖", "state": "完好", **properties}
    return {"type": "Feature", "geometry": place, "properties": values}


def post(site, body: object, path: str = ITEMS, **headers: str):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return site.client.post(path, content=content, headers={**GEOJSON, **headers})


def edit(site, method: str, name: str, body: object = None, *, tag: str | None = None, **headers: str):
    given = {"if-match": tag} if tag else {}
    kind = PATCH if method == "PATCH" else GEOJSON
    content = b"" if body is None else json.dumps(body).encode()
    return site.client.request(
        method, f"{ITEMS}/{name}", content=content, headers={**kind, **given, **headers}
    )


def tag_of(site, name: str, **query: str) -> str:
    return site.client.get(f"{ITEMS}/{name}", params=query).headers["etag"]


def count_editions(site) -> int:
    with site.registry.connect() as connection:
        return connection.scalar(select(func.count()).select_from(editions))


def refused(response, status: int) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()


def test_a_new_component_gets_the_next_number_of_its_class_as_one_edition(own_site) -> None:
    before = count_editions(own_site)
    response = post(own_site, feature())
    assert response.status_code == 201, response.text
    assert count_editions(own_site) == before + 1
    told = response.json()
    assert told["id"] == "5001130101000250"
    assert response.headers["wangge-edition"] == str(told["edition"])
    assert {finding["code"] for finding in told["findings"]} >= {"C17"}
    made = own_site.client.get(response.headers["location"])
    assert made.json()["properties"]["state"] == "完好"
    assert made.json()["properties"]["county"] == "500113"
    assert made.headers["etag"] == response.headers["etag"]
    edition = get_edition(own_site.registry, told["edition"])
    assert (edition.operation, edition.added, edition.source) == ("create", 1, "local")
    assert edition.report is not None
    assert edition.report["accepted"] == 1


def test_a_patch_changes_what_it_names_and_keeps_what_nobody_sees(own_site, frames) -> None:
    tag = tag_of(own_site, FIRST)
    response = edit(own_site, "PATCH", FIRST, {"properties": {"state": "破损"}}, tag=tag)
    assert response.status_code == 200, response.text
    table = DATASETS["components"].live
    row = read_frame(own_site.registry, "components", where=table.c.id == FIRST).iloc[0]
    assert (row["state"], row["name"]) == ("破损", "<b>部件</b> 10")
    assert "officer" in json.loads(row["attributes"])
    assert row.geometry.equals(frames["components"].geometry.iloc[10])


def test_what_a_replacement_leaves_out_has_no_value(own_site) -> None:
    body = feature(name="井盖")
    del body["properties"]["state"]
    response = edit(own_site, "PUT", FIRST, body, tag=tag_of(own_site, FIRST))
    assert response.status_code == 200, response.text
    shown = own_site.json(f"/collections/components/items/{FIRST}")
    assert shown["properties"]["state"] is None
    assert shown["geometry"]["coordinates"] == [106.56, 29.57]


def test_what_is_deleted_is_in_the_history(own_site) -> None:
    response = edit(own_site, "DELETE", FIRST, tag=tag_of(own_site, FIRST))
    assert (response.status_code, response.content) == (204, b"")
    own_site.problem(f"/collections/components/items/{FIRST}", 404)
    edition = list_editions(own_site.registry)[0]
    assert (edition.operation, edition.retired) == ("delete", 1)
    assert response.headers["wangge-edition"] == str(edition.id)


def test_an_edit_has_to_name_the_version_it_was_made_from(own_site) -> None:
    body = {"properties": {"state": "破损"}}
    before = count_editions(own_site)
    assert refused(edit(own_site, "PATCH", FIRST, body), 428)["field"] == "If-Match"
    assert refused(edit(own_site, "DELETE", FIRST), 428)["field"] == "If-Match"
    tag = tag_of(own_site, FIRST)
    for wrong in ('"x"', "W/" + tag, tag[:-12] + '0000.00000000"'):
        refused(edit(own_site, "PATCH", FIRST, body, tag=wrong), 412)
    assert count_editions(own_site) == before
    assert edit(own_site, "PATCH", FIRST, body, tag=f'"x", {tag}').status_code == 200
    refused(edit(own_site, "PATCH", FIRST, body, tag=tag), 412)
    assert edit(own_site, "PATCH", FIRST, {"properties": {"state": "完好"}}, tag="*").status_code == 200


def test_a_server_can_take_edits_of_systems_that_send_no_version(own_site, monkeypatch) -> None:
    body = {"properties": {"state": "破损"}}
    monkeypatch.setenv("WANGGE_EDIT_UNVERSIONED", "1")
    assert edit(own_site, "PATCH", FIRST, body).status_code == 200
    refused(edit(own_site, "PATCH", FIRST, body, tag='"x"'), 412)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("WANGGE_EDIT_UNVERSIONED", "yes"), ("WANGGE_EDIT_BODY_LIMIT", "-1"), ("WANGGE_EDIT_VERTICES", "many")],
)
def test_settings_that_cannot_be_are_refused_when_the_server_starts(
    registry, monkeypatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError) as refusal:
        create_ogc_app(registry)
    assert refusal.value.field == variable


def test_an_answer_with_one_feature_is_not_sent_again_until_it_changes(own_site) -> None:
    tag = tag_of(own_site, FIRST)
    held = {"if-none-match": tag}
    assert post(own_site, feature()).status_code == 201
    assert own_site.client.get(f"{ITEMS}/{FIRST}", headers=held).status_code == 304
    assert own_site.client.get(f"{ITEMS}/{FIRST}?lang=en", headers=held).status_code == 200
    assert edit(own_site, "PATCH", FIRST, {"properties": {"state": "破损"}}, tag=tag).status_code == 200
    assert own_site.client.get(f"{ITEMS}/{FIRST}", headers=held).status_code == 200


def test_the_tag_of_any_coordinate_system_names_the_version_and_other_edits_leave_it(own_site) -> None:
    tag = tag_of(own_site, FIRST, crs="EPSG:4524")
    assert post(own_site, feature()).status_code == 201
    assert tag_of(own_site, FIRST, crs="EPSG:4524") == tag
    assert edit(own_site, "PATCH", FIRST, {"properties": {"state": "破损"}}, tag=tag).status_code == 200


@pytest.mark.parametrize("crs", ["EPSG/0/4490", "EPSG/0/4524", "EPSG/0/3857", "OGC/1.3/CRS84"])
def test_coordinates_come_in_the_order_of_their_system(own_site, frames, crs: str) -> None:
    uri = f"http://www.opengis.net/def/crs/{crs}"
    shown = own_site.json(f"/collections/components/items/{FIRST}", crs=uri)
    response = post(own_site, feature() | {"geometry": shown["geometry"]}, **{"content-crs": f"<{uri}>"})
    assert response.status_code == 201, response.text
    made = own_site.client.get(response.headers["location"]).json()
    place = frames["components"].geometry.iloc[10]
    assert made["geometry"]["coordinates"] == pytest.approx([place.x, place.y], abs=2e-9)


def test_a_geometry_that_comes_back_as_it_was_shown_stays_as_it_is_stored(own_site) -> None:
    table = DATASETS["components"].live
    name = "5001130101000006"
    before = read_frame(own_site.registry, "components", where=table.c.id == name).geometry.iloc[0]
    uri = "http://www.opengis.net/def/crs/EPSG/0/4524"
    shown = own_site.json(f"/collections/components/items/{name}", crs=uri)
    shown["properties"]["state"] = "破损"
    response = edit(own_site, "PUT", name, shown, tag=tag_of(own_site, name), **{"content-crs": uri})
    assert response.status_code == 200, response.text
    after = read_frame(own_site.registry, "components", where=table.c.id == name).iloc[0]
    assert after.geometry.equals(before)
    assert after["state"] == "破损"
