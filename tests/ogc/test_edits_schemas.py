"""Schemas say what edits take and give, and the description of the interface lists the methods."""

from __future__ import annotations

import jsonschema
import pytest

PLACE = {"type": "Point", "coordinates": [106.56, 29.57]}


def test_the_schema_names_roles_and_what_nobody_can_set(site) -> None:
    schema = site.json("/collections/components/schema")
    properties = schema["properties"]
    assert properties["id"]["x-ogc-role"] == "id"
    assert properties["geometry"]["x-ogc-role"] == "primary-geometry"
    assert properties["county"]["readOnly"] is True
    assert "readOnly" not in properties["state"]
    assert properties["standard"]["enum"] == ["2007", "2013", "2026"]
    assert site.json("/collections/areas/schema")["properties"]["classes"]["items"] == {"type": "string"}
    grids = site.json("/collections/unit-grids/schema")["properties"]
    assert all(one["readOnly"] for name, one in grids.items() if name != "geometry")


def test_titles_come_in_both_languages(site) -> None:
    chinese = site.json("/collections/components/schema", lang="zh")["properties"]["state"]["title"]
    english = site.json("/collections/components/schema", lang="en")["properties"]["state"]["title"]
    assert english.isascii()
    assert not chinese.isascii()


def test_schemas_of_edits_hold_for_what_is_taken(site) -> None:
    whole = {"type": "Feature", "geometry": PLACE, "properties": {"class_code": "0101", "standard": "2013"}}
    for layer, variant, body, fits in (
        ("components", "create", whole, True),
        ("components", "create", whole | {"geometry": None}, False),
        ("components", "create", whole | {"properties": {"state": 7}}, False),
        ("components", "create", whole | {"properties": {"standard": "1999"}}, False),
        ("components", "update", {"properties": {"state": None}}, True),
        ("areas", "replace", whole | {"properties": {"line": "环卫", "code": "A"}}, False),
    ):
        schema = site.json(f"/collections/{layer}/schema", variant=variant)
        assert schema["$id"].endswith(f"variant={variant}")
        assert jsonschema.Draft202012Validator(schema).is_valid(body) is fits, (layer, variant, body)


@pytest.mark.parametrize(("layer", "variant"), [("components", "delete"), ("unit-grids", "create")])
def test_other_schemas_are_refused(site, layer: str, variant: str) -> None:
    assert site.problem(f"/collections/{layer}/schema", 400, variant=variant)["field"] == "variant"


def test_features_and_collections_lead_to_the_schema(site) -> None:
    for path in ("", "/items", "/items/5001130101000001"):
        document = site.json(f"/collections/components{path}")
        leading = [one for one in document["links"] if one["href"].partition("?")[0].endswith("/schema")]
        assert leading, path
        assert site.client.get(leading[0]["href"]).status_code == 200


def test_methods_that_edit_are_described_where_they_are(site) -> None:
    paths = site.json("/api")["paths"]
    assert set(paths["/collections/components/items"]) == {"get", "post"}
    assert set(paths["/collections/components/items/{featureId}"]) == {"get", "put", "patch", "delete"}
    assert set(paths["/collections/unit-grids/items"]) == {"get"}
    assert "/collections/components/changes" in paths
    assert any("features-4" in name for name in site.json("/conformance")["conformsTo"])
