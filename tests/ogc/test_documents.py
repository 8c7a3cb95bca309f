from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import ogc
from layers.reference_systems import reference_system

ROOM = Path(ogc.__file__).parent

PAGES = (
    "",
    "/",
    "/collections",
    "/collections/components",
    "/collections/components/items",
    "/collections/components/items/5001130101000000",
    "/collections/components/queryables",
    "/collections/components/schema",
    "/collections/components/tiles",
    "/collections/components/tiles/CGCS2000Quad",
    "/collections/metadata",
    "/collections/metadata/items",
    "/collections/metadata/items/edition:1",
    "/collections/metadata/queryables",
    "/tileMatrixSets",
    "/tileMatrixSets/CGCS2000Quad",
    "/processes",
    "/processes/resolve",
    "/jobs",
    "/conformance",
    "/api",
)


class Loaded(HTMLParser):
    """Collects what a browser would load, and whether it would run anything."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.scripts += tag == "script"
        self.found += [
            v for k, v in given.items() if k in ("src", "srcset", "data", "action", "poster") and v
        ]
        if tag in ("link", "base"):
            self.found += [v for k, v in given.items() if k == "href" and v]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_load_nothing_and_say_so_to_the_browser(site, language: str) -> None:
    for path in PAGES:
        response = site.client.get(f"/ogc{path}?f=html&lang={language}")
        assert response.status_code == 200, path
        assert response.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in response.headers["content-security-policy"]
        loaded = Loaded()
        loaded.feed(response.text)
        assert (loaded.found, loaded.scripts) == ([], 0), path
        assert not re.search(r"@import|url\(", response.text)
        assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in response.text


def test_links_of_pages_lead_somewhere(site) -> None:
    seen, ahead = set(), ["/ogc?f=html"]
    while ahead:
        path = ahead.pop()
        response = site.client.get(path)
        assert response.status_code == 200, path
        for href in re.findall(r'href="(http://localhost[^"]+)"', response.text):
            target = href.replace("&amp;", "&")
            if target not in seen and "/items" not in target:
                seen.add(target)
                ahead.append(target)
    assert len(seen) > 15


def test_links_of_documents_lead_somewhere(site) -> None:
    for path in (
        "",
        "/collections",
        "/collections/components",
        "/collections/areas/tiles",
        "/processes/resolve",
    ):
        document = site.json(path)
        links = [*document["links"], *(link for c in document.get("collections", ()) for link in c["links"])]
        assert links
        for link in links:
            if link.get("templated") or link["rel"].endswith("/execute"):
                continue
            assert "ld+json" not in link["type"]
            response = site.client.get(link["href"])
            assert response.status_code == 200, link
            assert response.headers["content-type"].split(";")[0] == link["type"].split(";")[0], link


def test_what_users_wrote_is_escaped_in_pages(site) -> None:
    text = site.client.get("/ogc/collections/components/items?f=html").text
    assert "&lt;b&gt;部件&lt;/b&gt; 0" in text
    assert "<b>部件" not in text


def test_browsers_get_pages_and_programs_get_json(site) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for accept, expected in (
        (browser, "text/html"),
        ("application/json", "json"),
        ("*/*", "json"),
        ("", "json"),
    ):
        for path in ("/ogc", "/ogc/collections/components/items"):
            kind = site.client.get(path, headers={"Accept": accept}).headers["content-type"]
            assert expected in kind


def test_the_landing_page_has_the_links_the_standards_ask_for(site) -> None:
    for path in ("", "/"):
        links = {link["rel"]: link["href"] for link in site.json(path)["links"]}
        assert links["service-desc"] == "http://localhost/ogc/api"
        assert links["conformance"] == "http://localhost/ogc/conformance"
        assert links["data"] == "http://localhost/ogc/collections"
        assert links["http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"].startswith(
            "http://localhost/ogc/tileM"
        )


def test_only_public_layers_are_listed_in_their_order(site) -> None:
    listed = site.json("/collections")["collections"]
    assert [collection["id"] for collection in listed] == [
        *("unit-grids", "components", "areas"),
        "metadata",
    ]
    assert site.json("/collections", lang="en")["collections"][1]["title"] == "Components"
    assert site.json("/collections")["collections"][1]["title"] == "部件"


def test_pages_and_documents_follow_the_language_from_request_to_request(site) -> None:
    for language, title in (("zh", "部件"), ("en", "Components"), ("zh", "部件")):
        page = site.client.get(f"/ogc/collections/components?f=html&lang={language}").text
        assert f"<h1>{title}</h1>" in page


def test_a_collection_says_where_it_lies_and_in_which_systems(site, frames) -> None:
    collection = site.json("/collections/components")
    assert collection["itemType"] == "feature"
    assert collection["storageCrs"] == "http://www.opengis.net/def/crs/EPSG/0/4490"
    assert collection["crs"][0] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    codes = {reference_system(uri).srid for uri in collection["crs"]}
    assert {4326, 4490, 3857, 4524, 4545, 4523, 4544} <= codes
    assert 4533 not in codes
    stated = collection["extent"]["spatial"]["bbox"][0]
    true = frames["components"].total_bounds
    assert stated == pytest.approx(list(true), abs=2e-5)
    assert all(stated[i] <= true[i] for i in (0, 1))
    assert all(stated[i] >= true[i] for i in (2, 3))
    start, end = collection["extent"]["temporal"]["interval"][0]
    assert datetime.fromisoformat(start) <= datetime.now(UTC)
    assert end is None


def test_queryables_are_the_properties_that_can_be_compared(site) -> None:
    response = site.client.get("/ogc/collections/areas/queryables")
    assert response.headers["content-type"] == "application/schema+json"
    schema = response.json()
    assert schema["$id"] == "http://localhost/ogc/collections/areas/queryables"
    assert schema["additionalProperties"] is False
    assert schema["properties"]["in_scope"]["type"] == "boolean"
    assert schema["properties"]["geometry"]["format"] == "geometry-multipolygon"
    assert "classes" not in schema["properties"]
    properties = site.json("/collections/areas/schema")["properties"]
    assert "classes" in properties
    assert "attributes" not in properties
    assert site.json("/collections/components/schema")["properties"]["id"]["x-ogc-role"] == "id"


def test_every_queryable_is_a_parameter_of_items(site) -> None:
    examples = {"date": "2026-11-20", "date-time": "2026-11-20T01:30:00Z"}
    for name, schema in site.json("/collections/areas/queryables")["properties"].items():
        if name != "geometry":
            value = examples.get(schema.get("format"), "true")
            assert "features" in site.json("/collections/areas/items", **{name: value})


#: The tile lies where there are no data.
EXAMPLES = {
    "recordId": "edition:1",
    "raster": "x",
    "edition": "1",
    "featureId": "x",
    "tileMatrixSetId": "CGCS2000Quad",
    "tileMatrix": "0",
    "tileRow": "0",
    "tileCol": "0",
    "styleId": "components",
    "symbol": "greening",
    "sheet": "symbols.json",
    "fontstack": "Noto Sans CJK SC",
    "range": "0-255",
    "jobId": "none",
}

NOT_THERE = (
    "{featureId}",
    "{tileCol}",
    "{jobId}",
    "/results",
    "reports/{edition}",
    "{raster}",
    "/coverage",
    "/map",
)


def test_the_description_names_every_address_and_nothing_outside(site) -> None:
    response = site.client.get("/ogc/api")
    assert response.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = response.json()
    assert document["openapi"].startswith("3.0")
    assert document["servers"] == [{"url": "http://localhost/ogc"}]
    assert not re.search(r'"\$ref":"(?!#/)', response.text)
    for path, operations in document["paths"].items():
        concrete = re.sub(r"{(\w+)}", lambda name: EXAMPLES[name[1]], path)
        if "get" in operations:
            expected = 404 if path.endswith(NOT_THERE) else 200
            answer = site.client.get(f"/ogc{concrete}")
            assert answer.status_code == expected, path
            described = operations["get"]["responses"].get(str(expected), {}).get("content", {})
            if described:
                stated = answer.headers["content-type"]
                assert stated in described or stated.partition(";")[0] in described, path
            names = [p["name"] for p in operations["get"]["parameters"]]
            assert len(names) == len(set(names))
    names = {p["name"] for p in document["paths"]["/collections/areas/items"]["get"]["parameters"]}
    assert {"bbox", "bbox-crs", "crs", "datetime", "limit", "line", "in_scope"} <= names
    assert "classes" not in names


def test_conformance_lists_no_class_twice_and_not_what_is_missing(site) -> None:
    classes = site.json("/conformance")["conformsTo"]
    assert len(classes) == len(set(classes))
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in classes
    assert not [
        name for name in classes if name.rpartition("/")[2] in ("transaction", "callback", "array-functions")
    ]


#: Something that is found for each class of CQL2.
FILTERS: dict[str, dict[str, str]] = {
    "cql2-text": {"filter": "line = '环卫'"},
    "cql2-json": {"filter": '{"op":"=","args":[{"property":"line"},"环卫"]}', "filter-lang": "cql2-json"},
    "basic-cql2": {"filter": "NOT (line = '路灯') AND code IS NOT NULL OR line <> '环卫'"},
    "advanced-comparison-operators": {
        "filter": "line LIKE '环%' AND code IN ('A/1') AND code BETWEEN 'A' AND 'B'"
    },
    "case-insensitive-comparison": {"filter": "CASEI(code) = CASEI('a/1')"},
    "accent-insensitive-comparison": {"filter": "ACCENTI(code) = ACCENTI('Á/1')"},
    "basic-spatial-functions": {"filter": "S_INTERSECTS(geometry, BBOX(106, 29, 107, 30))"},
    "basic-spatial-functions-plus": {
        "filter": "S_INTERSECTS(geometry, POLYGON((106 29, 107 29, 107 30, 106 29)))"
    },
    "spatial-functions": {"filter": "S_WITHIN(geometry, BBOX(106, 29, 107, 30))"},
    "temporal-functions": {"filter": "T_AFTER(valid_from, TIMESTAMP('2000-01-01T00:00:00Z'))"},
    "property-property": {"filter": "name = line"},
    "arithmetic": {"filter": "2 * 3 + 1 = 7"},
}


def test_each_class_of_filters_is_declared_because_its_filter_is_answered(site) -> None:
    classes = set(site.json("/conformance")["conformsTo"])
    for name, asked in FILTERS.items():
        assert f"http://www.opengis.net/spec/cql2/1.0/conf/{name}" in classes
        assert site.json("/collections/areas/items", **asked)["features"], name
    declared = {name.rpartition("/")[2] for name in classes if "/cql2/" in name}
    assert declared == set(FILTERS)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/collections/none", 404),
        ("/processes/none", 404),
        ("/jobs/7", 404),
        ("/?colour=1", 400),
    ],
)
def test_errors_are_problems_in_every_language_and_form(site, path: str, status: int) -> None:
    for language in ("zh", "en"):
        response = site.client.get(
            f"/ogc{path}", headers={"Accept-Language": language, "Accept": "text/html"}
        )
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["detail"]


def test_a_method_that_is_not_served_is_405(site) -> None:
    response = site.client.post("/ogc/collections")
    assert response.status_code == 405
    assert response.headers["content-type"] == "application/problem+json"


def test_a_fault_of_ours_shows_nothing_of_the_inside(site, monkeypatch) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("SELECT secret")

    monkeypatch.setattr("ogc.documents.openapi_document", fail)
    response = site.client.get("/ogc/api", raising=False)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.headers["content-type"] == "application/problem+json"


def test_every_text_of_a_template_is_translated() -> None:
    with (ROOM / "locale" / "zh.po").open("rb") as source:
        translated = {message.id for message in read_po(source, locale="zh") if message.string}
    texts = {
        text
        for path in ROOM.glob("templates/*.html")
        for text in re.findall(r't\("([^"]+)"\)', path.read_text("utf-8"))
    }
    assert texts
    assert texts <= translated
