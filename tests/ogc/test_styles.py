from __future__ import annotations

from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.catalogue import add_layer, publish
from layers.core import CORE_LAYERS
from layers.layer import Layer

PUBLISHED = ["unit-grids", "components", "areas"]


def test_each_visible_layer_has_a_style_in_three_forms_with_metadata_and_legend(site) -> None:
    styles = site.json("/styles")["styles"]
    assert [style["id"] for style in styles] == PUBLISHED
    for style in styles:
        links = {(link["rel"].rsplit("/", 1)[-1], link["type"]): link["href"] for link in style["links"]}
        for (rel, media_type), href in links.items():
            assert href.startswith("http://localhost/ogc/")
            answer = site.client.get(href.removeprefix("http://localhost"))
            assert answer.status_code == 200, href
            assert answer.headers["content-type"].partition(";")[0] == media_type.partition(";")[0]
            assert rel in ("stylesheet", "describedby", "legend")
        assert len(links) == 6


def test_a_collection_has_its_style_by_default(site) -> None:
    document = site.json("/collections/components/styles")
    assert document["default"] == "components"
    assert [style["id"] for style in document["styles"]] == ["components"]
    assert site.problem("/collections/divisions/styles", 404)["field"] == "collectionId"


def test_everything_a_maplibre_style_names_is_served_from_here(site) -> None:
    style = site.json("/styles/components")
    assert style["version"] == 8
    source = style["sources"]["components"]
    assert {layer["source-layer"] for layer in style["layers"]} == {"components"}
    tile = source["tiles"][0].format(z=15, y=13565, x=26082)
    glyphs = style["glyphs"].format(fontstack=quote("Noto Sans CJK SC"), range="0-255")
    index = f"{style['sprite']}@2x.json"
    for address in (tile, glyphs, index, f"{style['sprite']}.png", f"{style['sprite']}@2x.png"):
        assert address.startswith("http://localhost/ogc/")
        assert site.client.get(address.removeprefix("http://localhost")).status_code == 200, address
    symbols = site.client.get(index.removeprefix("http://localhost")).json()
    icons = [
        layer["layout"]["icon-image"] for layer in style["layers"] if "icon-image" in layer.get("layout", {})
    ]
    (chosen,) = icons
    # ["case", condition, name, condition, name, …, name]
    assert {*chosen[2:-1:2], chosen[-1]} == set(symbols)


def test_forms_are_chosen_by_parameter_or_accept_header(site) -> None:
    sld = site.client.get("/ogc/styles/unit-grids", headers={"Accept": "application/vnd.ogc.sld+xml"})
    assert ET.fromstring(sld.content).tag == "{http://www.opengis.net/sld}StyledLayerDescriptor"
    qml = site.client.get("/ogc/styles/unit-grids?f=qml")
    assert ET.fromstring(qml.content).tag == "qgis"
    assert site.problem("/styles/unit-grids", 400, f="css")["expected"] == "mbs, sld11, qml"
    assert site.problem("/styles/unit-grids/legend", 400, f="jpg")["expected"] == "png, svg"


def test_an_unchanged_style_is_not_sent_again(site) -> None:
    for path in ("/ogc/styles/areas?f=sld11", "/ogc/styles/areas/legend?f=svg"):
        tag = site.client.get(path).headers["etag"]
        assert site.client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_legends_speak_the_language_asked_for(site) -> None:
    chinese = site.client.get("/ogc/styles/components/legend?f=svg&lang=zh").text
    english = site.client.get("/ogc/styles/components/legend?f=svg&lang=en").text
    assert "园林绿化" in chinese
    assert "Parks and trees" in english


def test_metadata_names_the_stylesheets_and_the_data(site) -> None:
    document = site.json("/styles/areas/metadata")
    assert [sheet["link"]["rel"] for sheet in document["stylesheets"]] == ["stylesheet"] * 3
    assert document["layers"][0]["type"] == "polygon"
    assert document["layers"][0]["sampleData"]["href"].endswith("/collections/areas")


def test_a_maplibre_style_somebody_gave_a_layer_has_no_other_form(own_site) -> None:
    layer = Layer(
        id="lamps",
        dataset="components",
        title_zh="路灯",
        title_en="Lamps",
        properties=("id", "class_code"),
        style={"layers": [{"id": "dot", "type": "circle", "paint": {"circle-color": "#ff0000"}}]},
    )
    add_layer(own_site.registry, layer)
    publish(own_site.registry, "lamps")
    assert own_site.json("/styles/lamps")["layers"][0]["paint"] == {"circle-color": "#ff0000"}
    for path, form in (("lamps", "sld11"), ("lamps", "qml"), ("lamps/legend", "png")):
        assert own_site.problem(f"/styles/{path}", 404, f=form)["expected"] == "mbs"
    (one,) = [style for style in own_site.json("/styles")["styles"] if style["id"] == "lamps"]
    assert [link["rel"] for link in one["links"]] == ["stylesheet", "describedby"]


def test_symbols_are_listed_and_served(site) -> None:
    symbols = site.json("/symbols")["symbols"]
    assert len(symbols) == 7
    for symbol in symbols:
        answer = site.client.get(symbol["links"][0]["href"].removeprefix("http://localhost"))
        assert answer.headers["content-type"].startswith("image/svg+xml")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/styles/divisions", "styleId"),
        ("/styles/none/metadata", "styleId"),
        ("/styles/none/legend", "styleId"),
        ("/symbols/none.svg", "symbol"),
        ("/sprites/other.png", "sheet"),
        ("/sprites/symbols.gif", "sheet"),
        ("/fonts/Arial/0-255.pbf", "fontstack"),
        ("/fonts/Noto Sans CJK SC/1-2.pbf", "range"),
    ],
)
def test_what_is_not_there_is_not_found(site, path: str, field: str) -> None:
    assert site.problem(path, 404)["field"] == field


#: A line break in a path is not for the application at all: the site's own router ends there.
TEXTS = st.characters(exclude_categories=["Cs"], exclude_characters="\n")


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["styles", "symbols", "sprites", "fonts/x", "collections"]), st.text(TEXTS, max_size=30)
)
def test_no_style_name_breaks_anything(site, where: str, name: str) -> None:
    end = {"symbols": ".svg", "fonts/x": ".pbf", "collections": "/styles"}.get(where, "")
    answer = site.client.get(f"/ogc/{where}/{quote(name, safe='')}{end}")
    assert answer.status_code in (200, 307, 400, 404), (where, name)
    if answer.status_code >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json")


NUMBERS = st.one_of(
    st.integers(-5, 2**70).map(str), st.text(TEXTS, max_size=8), st.sampled_from(["1e3", "٣", "0x1", "+1"])
)


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.sampled_from(["WebMercatorQuad", "CGCS2000Quad", "c"]), st.text(TEXTS, max_size=12)),
    st.one_of(st.integers(0, 24).map(str), NUMBERS),
    NUMBERS,
    NUMBERS,
)
def test_no_tile_address_breaks_anything(site, tms: str, zoom: str, row: str, column: str) -> None:
    address = "/".join(quote(part, safe="") for part in (tms, zoom, row, column))
    answer = site.client.get(f"/ogc/collections/components/tiles/{address}")
    assert answer.status_code in (200, 204, 307, 400, 404), address
    if answer.status_code >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json")


def test_every_core_layer_can_be_drawn(own_site) -> None:
    for layer in CORE_LAYERS:
        publish(own_site.registry, layer.id)
    for layer in CORE_LAYERS:
        for form in ("mbs", "sld11", "qml"):
            assert own_site.client.get(f"/ogc/styles/{layer.id}?f={form}").status_code == 200
