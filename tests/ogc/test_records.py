"""The catalogue of records: what is in it for whom, how it is asked, and that it can be harvested."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest
from owslib.ogcapi.records import Records
from sqlalchemy import insert

from gis.editions import commit, revert
from gis.models import DATASETS, editions, settings
from layers.catalogue import add_layers, change_layer, publish
from layers.classification import classify
from layers.definitions import new_layer
from layers.keys import add_key
from ogc.records import reading

HERE = "/collections/metadata"
CLASSES = ("record-core", "record-api", "searchable-catalog", "json", "html", "oas30")


def found(site, headers: dict[str, str] | None = None, **query: object) -> list[str]:
    response = site.client.get(f"/ogc{HERE}/items", params={"limit": 100, **query}, headers=headers or {})
    assert response.status_code == 200, response.text
    return [feature["id"] for feature in response.json()["features"]]


def key(site, *roles: str, **scope: list[str]) -> dict[str, str]:
    return {"authorization": f"Bearer {add_key(site.registry, 'test', roles, **scope)[1]}"}


@pytest.fixture
def keyed(own_site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("layers.key_ring.CHECK_EVERY", 0.0)
    return own_site


def test_the_catalogue_is_a_collection_of_records(site) -> None:
    listed = {one["id"]: one for one in site.json("/collections")["collections"]}
    alone = site.json(HERE)
    assert listed["metadata"] == alone
    assert alone["itemType"] == "record"
    assert {"self", "alternate", "items"} <= {link["rel"] for link in alone["links"]}
    declared = site.json("/conformance")["conformsTo"]
    assert {f"http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/{name}" for name in CLASSES} <= {
        *declared
    }
    assert f"{HERE}/items" in site.json("/api")["paths"]


def test_every_layer_and_every_edition_shown_by_one_has_a_record(site) -> None:
    # The fourth edition is of divisions, of which no layer is public
    assert found(site) == [
        *("layer:areas", "layer:components", "layer:unit-grids"),
        *("edition:1", "edition:2", "edition:3"),
    ]


def test_a_record_of_a_layer_says_what_there_is(own_site) -> None:
    metadata = {
        "source": "三普",
        "date": "2026-05",
        "accuracy": "0.5 m",
        "producer": "市测绘院",
        "memo": "张某",
    }
    change_layer(own_site.registry, "components", lambda layer: replace(layer, metadata=metadata))
    record = own_site.json(f"{HERE}/items/layer:components")
    said = record["properties"]
    assert {name: said[name] for name in ("source", "date", "accuracy", "producer")} == {
        name: metadata[name] for name in ("source", "date", "accuracy", "producer")
    }
    assert "memo" not in said
    assert said["type"] == "dataset"
    assert said["title"] == "部件"
    assert own_site.json(f"{HERE}/items/layer:components", lang="en")["properties"]["title"] == "Components"
    assert said["contacts"] == [{"organization": "市测绘院", "roles": ["producer"]}]
    assert (said["classification"], said["restriction"], said["edition"]) == ("public", "公开", 1)
    assert said["crs"].endswith("/4490")
    assert said["created"] == said["updated"] == record["time"]["interval"][0]
    west, south, east, north = record["extent"]["spatial"]["bbox"][0]
    assert [west, south] in record["geometry"]["coordinates"][0]
    assert 106.5 <= west < east <= 106.6
    assert 29.5 <= south < north <= 29.6
    for link in record["links"]:
        path = link["href"].removeprefix("http://localhost")
        assert own_site.client.get(path).status_code == 200, path


def test_a_record_of_an_edition_leads_to_its_changes_and_its_report(own_site) -> None:
    with own_site.registry.begin() as connection:
        connection.execute(editions.update().where(editions.c.id == 1).values(report='{"findings": []}'))
    revert(own_site.registry, 1)
    assert found(own_site, type="report") == ["report:1"]
    record = own_site.json(f"{HERE}/items/edition:1", lang="en")
    assert record["properties"]["title"] == "Edition 1: Components, import"
    assert record["properties"]["description"] == "250 added, 0 changed, 0 retired, 0 unchanged"
    assert record["properties"]["source"] == "test"
    assert "timestamp" in record["time"]
    for link in record["links"]:
        assert own_site.client.get(link["href"].removeprefix("http://localhost")).status_code == 200
    report = next(link["href"] for link in record["links"] if link["rel"] == "describedby")
    assert own_site.client.get(report.removeprefix("http://localhost")).json() == {"findings": []}
    assert own_site.json(f"{HERE}/items/report:1")["properties"]["edition"] == 1
    later = own_site.json(f"{HERE}/items/edition:5")
    assert later["properties"]["reverts"] == 1
    assert "edition:1" in next(one["href"] for one in later["links"] if one["rel"] == "predecessor-version")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "dataset"}, ["layer:areas", "layer:components", "layer:unit-grids"]),
        ({"type": "edition,report"}, ["edition:1", "edition:2", "edition:3"]),
        ({"ids": "edition:2,layer:areas,edition:99,what"}, ["layer:areas", "edition:2"]),
        ({"ids": "edition:02"}, []),
        ({"externalIds": "edition:2"}, ["edition:2"]),
        ({"externalIds": "grids"}, ["layer:unit-grids", "edition:2"]),
        ({"externalIds": "layer:"}, ["layer:areas", "layer:components", "layer:unit-grids"]),
        ({"q": "部件"}, ["layer:components", "edition:1"]),
        ({"q": "UNIT  grids,无此词"}, ["layer:unit-grids", "edition:2"]),
        ({"q": "grids unit"}, []),
        ({"dataset": "areas"}, ["layer:areas", "edition:3"]),
        ({"dataset": "areas", "type": "edition"}, ["edition:3"]),
        ({"title": "Unit grids"}, ["layer:unit-grids"]),
        ({"edition": "2"}, ["layer:unit-grids", "edition:2"]),
        ({"bbox": "0,0,1,1"}, []),
        ({"bbox": "106.5,29.5,106.51,29.51", "type": "dataset", "q": "grids"}, ["layer:unit-grids"]),
        ({"datetime": "../2000-01-01T00:00:00Z"}, []),
        ({"datetime": "2000-01-01T00:00:00Z/..", "type": "edition"}, ["edition:1", "edition:2", "edition:3"]),
        ({"datetime": "2999-01-01T00:00:00Z"}, ["layer:areas", "layer:components", "layer:unit-grids"]),
    ],
)
def test_records_are_found(site, query: dict[str, str], expected: list[str]) -> None:
    assert found(site, **query) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages_unite_to_all_records(own_site, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(reading, "_PIECE", 2)
    with own_site.registry.begin() as connection:
        connection.execute(editions.update().where(editions.c.id < 3).values(report="{}"))
    expected = [
        *("layer:areas", "layer:components", "layer:unit-grids"),
        *("edition:1", "report:1", "edition:2", "report:2", "edition:3"),
    ]
    seen, path = [], f"/ogc{HERE}/items?limit={size}"
    while path:
        page = own_site.client.get(path).json()
        assert page["numberReturned"] == len(page["features"]) <= size
        seen += [feature["id"] for feature in page["features"]]
        onward = [link["href"] for link in page["links"] if link["rel"] == "next"]
        path = onward[0].removeprefix("http://localhost") if onward else ""
    assert seen == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"type": "service"}, "type"),
        ({"ids": "a,,b"}, "ids"),
        ({"after": "edition:x"}, "after"),
        ({"after": "edition:01"}, "after"),
        ({"after": "layer:';--"}, "after"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"datetime": "yesterday"}, "datetime"),
        ({"limit": "0"}, "limit"),
        ({"q": ","}, "q"),
        ({"crs": "EPSG:4490"}, "crs"),
        ({"sortby": "title"}, "sortby"),
        ({"what": "1"}, "what"),
    ],
)
def test_what_is_not_understood_is_named(site, query: dict[str, str], field: str) -> None:
    assert site.problem(f"{HERE}/items", 400, **query)["field"] == field


@pytest.mark.parametrize(
    "name", ["layer:divisions", "edition:4", "edition:99", "edition:1a", "report:1", "x"]
)
def test_what_somebody_may_not_see_is_not_there(site, name: str) -> None:
    assert site.problem(f"{HERE}/items/{name}", 404)["field"] == "recordId"


@pytest.mark.parametrize("number", ["1", "99", "01", "x", "٣", "9999999999"])
def test_a_report_that_was_not_kept_is_not_there(site, number: str) -> None:
    site.problem(f"{HERE}/reports/{number}", 404)


def test_keys_see_what_they_cover(keyed) -> None:
    registry = keyed.registry
    with registry.begin() as connection:
        connection.execute(editions.update().values(report="{}"))
    rules = [{"standard": "2013", "kind": "component", "class_code": "0101", "rule_no": 1}]
    commit(registry, "rules", _table("rules", rules), source="立结案规范.xlsx")
    admin = key(keyed, "admin")
    every = found(keyed, admin)
    assert {"layer:divisions", "edition:4", "report:4", "edition:5"} <= {*every}
    assert found(keyed, {}) == [
        *("layer:areas", "layer:components", "layer:unit-grids"),
        *("edition:1", "edition:2", "edition:3"),
    ]
    # Who only reads gets no reports, and of a district no counts of the whole city
    reader, district = key(keyed, "read-restricted"), key(keyed, "editor", counties=["500113"])
    assert "edition:5" in found(keyed, reader)
    assert not any(name.startswith("report") for name in found(keyed, reader))
    assert "edition:1" in found(keyed, district)
    assert not {"edition:5", "report:1"} & {*found(keyed, district)}
    for headers, told in ((admin, True), (reader, True), (district, False), ({}, False)):
        said = keyed.client.get(f"/ogc{HERE}/items/edition:1", headers=headers).json()["properties"]
        assert ("source" in said, "added" in said) == (told, told)
    # Free text must not tell of sources that are not shown
    assert found(keyed, admin, q="test", type="edition") != []
    assert found(keyed, {}, q="test", type="edition") == []


def test_a_key_of_one_layer_reads_no_other_editions(keyed) -> None:
    headers = key(keyed, "editor", layers=["divisions"])
    assert "edition:4" in found(keyed, headers)
    assert keyed.client.get(f"/ogc{HERE}/items/edition:4", headers=headers).json()["properties"]["added"] == 1
    assert (
        "added" not in keyed.client.get(f"/ogc{HERE}/items/edition:1", headers=headers).json()["properties"]
    )


def test_what_is_classified_is_there_for_nobody(keyed) -> None:
    registry = keyed.registry
    admin = key(keyed, "admin")
    with registry.begin() as connection:
        connection.execute(editions.update().values(report="{}"))
        classify(connection, "report", "2", "秘密")
        classify(connection, "dataset", "divisions", "机密")
        connection.execute(insert(settings).values(key="layer_catalogue_test", value="1"))
    commit(registry, "classes", _table("classes", [{"standard": "2013", "kind": "component", "code": "9"}]))
    seen = found(keyed, admin)
    assert {"edition:2", "report:1"} <= {*seen}
    assert not {"report:2", "edition:4", "report:4", "layer:divisions"} & {*seen}
    assert keyed.client.get(f"/ogc{HERE}/reports/2", headers=admin).status_code == 404


def test_reports_on_duty_contacts_are_never_handed_out(keyed) -> None:
    contacts = [{"organisation_code": "1", "duty": "值守", "contact": "13800000000"}]
    commit(keyed.registry, "duty-contacts", _table("duty-contacts", contacts), report={"rows": contacts})
    admin = key(keyed, "admin")
    assert "edition:5" in found(keyed, admin)
    assert "report:5" not in found(keyed, admin)
    assert keyed.client.get(f"/ogc{HERE}/reports/5", headers=admin).status_code == 404


def test_a_layer_made_while_serving_has_a_record_at_once(own_site) -> None:
    layer = new_layer({"id": "lamps", "dataset": "components", "title_zh": "路灯", "classes": ["2013:0137"]})
    add_layers(own_site.registry, [layer])
    publish(own_site.registry, "lamps")
    assert "layer:lamps" in found(own_site)


def test_answers_are_told_apart_by_tags(own_site) -> None:
    path = f"/ogc{HERE}/items"
    tag = own_site.client.get(path).headers["etag"]
    assert own_site.client.get(path, headers={"if-none-match": tag}).status_code == 304
    revert(own_site.registry, 3)
    assert own_site.client.get(path, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["", "/items", "/items?q=部件", "/items/edition:1", "/queryables"])
def test_pages_load_nothing_from_outside(site, path: str) -> None:
    for language, word in (("zh", "元数据目录"), ("en", "Records")):
        response = site.client.get(
            f"/ogc{HERE}{path}", headers={"accept": "text/html", "accept-language": language}
        )
        assert response.status_code == 200
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//(?!localhost)""", response.text)
        assert "<script" not in response.text
        assert path == "/queryables" or word in response.text


def test_a_client_of_catalogues_harvests_everything(served: str) -> None:
    api = Records(f"{served}/")
    assert api.records() == ["metadata"]
    assert "dataset" in api.collection_queryables("metadata")["properties"]
    page = api.collection_items("metadata", q="部件", limit=5)
    assert [record["id"] for record in page["features"]] == ["layer:components", "edition:1"]
    assert api.collection_item("metadata", "layer:components")["properties"]["type"] == "dataset"
    assert len(api.collection_items("metadata", bbox=[106.5, 29.5, 106.6, 29.6], limit=100)["features"]) == 6


def test_no_layer_takes_the_name_of_the_catalogue() -> None:
    with pytest.raises(Exception, match="metadata"):
        new_layer({"id": "metadata", "dataset": "components", "title_zh": "x"})


def _table(dataset: str, rows: list[dict[str, object]]):
    return pd.DataFrame([{name: row.get(name) for name in DATASETS[dataset].columns} for row in rows])
