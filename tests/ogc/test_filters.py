from __future__ import annotations

import json
from pathlib import Path

import pytest
from lark import Lark

from gis.models import DATASETS
from layers.cql2 import text
from ogc.conformance import CLASSES
from tests.ogc.test_features import follow

ITEMS = "/collections/components/items"
BOX = "S_INTERSECTS(geometry, BBOX(106.5, 29.5, 106.55, 29.55))"


def test_a_filter_is_kept_by_the_links_and_counted(site, frames) -> None:
    table = frames["components"]
    within = table.geometry.x.le(106.55) & table.geometry.y.le(29.55)
    expected = list(table["id"][within & (table["class_code"] == "0101")])
    question = {"filter": f"{BOX} AND class_code = '0101'", "filter-lang": "cql2-text"}
    assert [f["id"] for f in follow(site, ITEMS, limit=7, **question)] == expected
    assert site.json(ITEMS, limit=1, counts="exact", **question)["numberMatched"] == len(expected)


def test_the_parser_is_built_before_the_first_request(
    asked_over, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Lark] = []

    def building(*given: object, **options: object) -> Lark:
        built.append(Lark(*given, **options))
        return built[-1]

    text._parser.cache_clear()
    monkeypatch.setattr(text, "Lark", building)
    with asked_over(str(tmp_path / "city.gpkg")) as site:
        assert len(built) == 1
        assert site.json(ITEMS, filter=BOX)["features"]
        assert len(built) == 1


def test_json_and_text_ask_the_same(site) -> None:
    document = {
        "op": "s_intersects",
        "args": [{"property": "geometry"}, {"bbox": [106.5, 29.5, 106.55, 29.55]}],
    }
    by_json = site.json(ITEMS, limit=500, filter=json.dumps(document), **{"filter-lang": "cql2-json"})
    by_text = site.json(ITEMS, limit=500, filter=BOX)
    assert [f["id"] for f in by_json["features"]] == [f["id"] for f in by_text["features"]]
    assert 40 < by_text["numberReturned"] < 90


def test_a_filter_goes_with_everything_else(site) -> None:
    question = {"filter": BOX, "bbox": "106.5,29.5,106.52,29.6", "class_code": "0201", "sortby": "-id"}
    found = site.json(ITEMS, limit=500, **question)["features"]
    assert found
    for feature in found:
        x, y = feature["geometry"]["coordinates"]
        assert x <= 106.52
        assert y <= 29.55
        assert feature["properties"]["class_code"] == "0201"
    assert [f["id"] for f in found] == sorted((f["id"] for f in found), reverse=True)
    now = site.json(ITEMS, limit=500, filter=BOX, datetime="2999-01-01T00:00:00Z")
    assert now["numberReturned"] == site.json(ITEMS, limit=500, filter=BOX)["numberReturned"]


@pytest.mark.parametrize(
    ("crs", "point"),
    [
        ("http://www.opengis.net/def/crs/EPSG/0/4490", "29.56 106.55"),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", "29.56 106.55"),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "106.55 29.56"),
        (None, "106.55 29.56"),
    ],
)
def test_filter_crs_says_what_coordinates_are(site, crs: str | None, point: str) -> None:
    system = {} if crs is None else {"filter-crs": crs}
    page = site.json(ITEMS, filter=f"S_EQUALS(geometry, POINT({point}))", **system)
    assert [f["id"] for f in page["features"]] == ["5001130101000000"]


def test_filter_crs_may_be_a_zone(site) -> None:
    """The place of the first component in zone 36 is known (northing, easting)."""
    box = "S_INTERSECTS(geometry, BBOX(3272217.2, 36359474.0, 3272217.4, 36359474.2))"
    crs = "http://www.opengis.net/def/crs/EPSG/0/4524"
    assert [f["id"] for f in site.json(ITEMS, filter=box, **{"filter-crs": crs})["features"]] == [
        "5001130101000000"
    ]


@pytest.mark.parametrize(
    ("field", "question"),
    [
        ("filter", {"filter": "nothing = 1"}),
        ("filter", {"filter": "responsible = 'x'"}),
        ("filter", {"filter": "attributes LIKE '%1380%'"}),
        ("filter", {"filter": ""}),
        ("filter", {"filter": "id = 'x'; DROP TABLE components; --"}),
        ("filter", {"filter": "id = 'x' UNION SELECT 1"}),
        ("filter", {"filter": "name = 'x\\"}),
        ("filter", {"filter": "name = '\x00'"}),
        ("filter", {"filter": "(" * 10_000 + "id = '1'" + ")" * 10_000}),
        ("filter", {"filter": "1 / 0"}),
        ("filter", {"filter": "S_INTERSECTS(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))"}),
        ("filter", {"filter": "{}", "filter-lang": "cql2-json"}),
        ("filter-lang", {"filter": "TRUE", "filter-lang": "sql"}),
        ("filter-lang", {"filter-lang": "cql2-text"}),
        ("filter-crs", {"filter": "TRUE", "filter-crs": "EPSG:99999"}),
        ("filter-crs", {"filter": "TRUE", "filter-crs": "EPSG:4513"}),
        ("filter-crs", {"filter-crs": "http://www.opengis.net/def/crs/EPSG/0/4490"}),
        ("colour", {"colour": "red"}),
    ],
)
def test_what_is_not_understood_is_named(site, field: str, question: dict[str, str]) -> None:
    assert site.problem(ITEMS, 400, **question)["field"] == field


@pytest.mark.parametrize(
    "text",
    [
        "id = '''; DROP TABLE components; --'",
        "name LIKE '%''; --%'",
        r"name = 'x\' OR 1 = 1 --'",
        "name = '%s %(x)s :x ? {} $1'",
        "name LIKE '\\%\\_'",
        "name IN ('a', ''')')",
    ],
)
def test_what_looks_like_sql_is_only_text(site, text: str) -> None:
    assert site.json(ITEMS, filter=text)["features"] == []


def test_an_unknown_property_names_those_there_are(site) -> None:
    expected = site.problem(ITEMS, 400, filter="colour = 'red'")["expected"].split(", ")
    assert expected == list(site.json("/collections/components/queryables")["properties"])


def test_queryables_have_types_formats_and_titles_in_both_languages(site) -> None:
    chinese = site.json("/collections/components/queryables", lang="zh")
    english = site.json("/collections/components/queryables", lang="en")
    assert chinese["additionalProperties"] is False
    for name, schema in chinese["properties"].items():
        assert schema["title"] not in (name, english["properties"][name]["title"])
        assert ("type" in schema) == (name != "geometry")
    properties = english["properties"]
    assert properties["initial_date"] == {
        "title": "initial date",
        "type": "string",
        "format": "date",
        "x-ogc-propertySeq": list(properties).index("initial_date") + 1,
    }
    assert properties["valid_from"]["format"] == "date-time"
    assert properties["geometry"]["format"] == "geometry-any"


def test_dates_are_asked_for_as_days(site) -> None:
    for day in ("2026-11-20", "20261120"):
        assert site.json(ITEMS, initial_date=day)["features"] == []
    assert site.problem(ITEMS, 400, initial_date="yesterday")["field"] == "initial_date"
    assert site.problem(ITEMS, 400, valid_from="2026-11-20")["field"] == "valid_from"


def test_filters_are_declared_and_described(site) -> None:
    declared = site.json("/conformance")["conformsTo"]
    assert declared == list(CLASSES)
    for name in (
        "cql2-text",
        "cql2-json",
        "basic-cql2",
        "spatial-functions",
        "temporal-functions",
        "arithmetic",
    ):
        assert f"http://www.opengis.net/spec/cql2/1.0/conf/{name}" in declared
    assert "http://www.opengis.net/spec/cql2/1.0/conf/array-functions" not in declared
    parameters = site.json("/api")["paths"][ITEMS]["get"]["parameters"]
    described = {one["name"]: one["schema"] for one in parameters}
    assert described["filter-lang"]["enum"] == ["cql2-text", "cql2-json"]
    assert described["filter-crs"]["enum"]
    assert described["initial_date"]["format"] == "date"
    assert set(DATASETS["components"].columns) - set(described) >= {"attributes"}
