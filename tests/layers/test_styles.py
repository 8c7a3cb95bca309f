from __future__ import annotations

import io
import re
import warnings
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.errors import NotGeoreferencedWarning

from components.catalogue import SHIPPED
from gis.errors import NotFound, UsageError
from gis.text import language
from layers.core import CORE_LAYERS
from layers.styles.bands import bands_of
from layers.styles.documents import own_maplibre, page_style
from layers.styles.glyphs import glyphs
from layers.styles.legend import legend_png, legend_rules, legend_svg
from layers.styles.maplibre import maplibre_layers
from layers.styles.model import DEEPEST, Rule, Stops, Style, read_style, scale_of
from layers.styles.pictures import png_of
from layers.styles.qml import qml_document
from layers.styles.sld import sld_document
from layers.styles.sources import (
    geometry_of,
    shipped_style,
    style_names,
    style_of,
    style_properties,
)
from layers.styles.symbols import sprite_index, sprite_sheet, symbol_names, symbol_svg

COMPONENTS = next(layer for layer in CORE_LAYERS if layer.id == "components")
NS = {
    "se": "http://www.opengis.net/se",
    "ogc": "http://www.opengis.net/ogc",
    "s": "http://www.opengis.net/sld",
}


def geometry(name: str) -> str:
    return next((geometry_of(layer) for layer in CORE_LAYERS if layer.id == name), "polygon")


def pixels(png: bytes) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.MemoryFile(png) as held, held.open() as picture:
            return picture.read()


def evaluated(expression: object, feature: dict[str, object], zoom: float) -> object:
    """Evaluate the few kinds of MapLibre expressions that styles are written with."""
    if not isinstance(expression, list):
        return expression
    kind, *parts = expression

    def value(part: object) -> object:
        return evaluated(part, feature, zoom)

    if kind == "get":
        return feature.get(parts[0])
    if kind == "has":
        return feature.get(parts[0]) is not None
    if kind == "geometry-type":
        return feature["$type"]
    if kind == "to-string":
        return str(value(parts[0]) or "")
    if kind == "slice":
        return value(parts[0])[parts[1] : parts[2] if len(parts) > 2 else None]
    if kind == "match":
        return parts[2] if value(parts[0]) in parts[1] else parts[3]
    if kind == "case":
        chosen = next((b for a, b in zip(parts[:-1:2], parts[1::2], strict=False) if value(a)), parts[-1])
        return value(chosen)
    simple = {
        "all": lambda: all(map(value, parts)),
        "any": lambda: any(map(value, parts)),
        "!": lambda: not value(parts[0]),
        "==": lambda: value(parts[0]) == value(parts[1]),
        "!=": lambda: value(parts[0]) != value(parts[1]),
        "coalesce": lambda: next((v for v in map(value, parts) if v is not None), None),
    }
    return simple[kind]()


def rules_for(style: Style, feature: dict[str, object]) -> list[Rule]:
    """Return the rules with a marker that a feature falls under, by the words of the source."""

    def fits(rule: Rule) -> bool:
        if rule.counted != ("count" in feature):
            return False
        if rule.otherwise:
            return not any(fits(one) for one in style.rules if one.conditional)
        return all(feature.get(name) in values for name, values in rule.where) and all(
            str(feature.get(name) or "").startswith(values) for name, values in rule.prefix
        )

    return [rule for rule in style.rules if rule.marker and fits(rule)]


@pytest.mark.parametrize("layer", CORE_LAYERS, ids=lambda layer: layer.id)
def test_every_core_layer_has_a_style_that_looks_only_at_what_its_tiles_carry(layer) -> None:
    style = style_of(layer)
    assert style.id == layer.id
    assert style_properties(style) - {"count"} <= set(layer.tile_properties)


@pytest.mark.parametrize("name", style_names())
def test_a_style_has_a_legend_in_both_languages_and_titles_are_chinese_first(name: str) -> None:
    style = shipped_style(name)
    for rule in style.rules:
        assert bool(rule.title_zh) == bool(rule.title_en)
    assert page_style(replace(COMPONENTS, style_id=name))["metadata"]["wangge:legend"]
    with language("zh"):
        assert all(not rule.title.isascii() for rule in legend_rules(style))
    with language("en"):
        assert all(rule.title.isascii() for rule in legend_rules(style))


@pytest.mark.parametrize("standard", ["2007", "2013", "2026"])
def test_every_class_of_every_edition_has_the_symbol_of_its_major_class(standard: str) -> None:
    style = style_of(COMPONENTS)
    symbols: dict[str, set[str]] = {}
    for info in SHIPPED.classes(standard).values():
        (rule,) = rules_for(style, {"class_code": info.code, "standard": standard})
        assert rule.marker.symbol in symbol_names()
        symbols.setdefault(info.major, set()).add(rule.marker.symbol)
    assert all(len(found) == 1 for found in symbols.values())
    assert len({symbol for found in symbols.values() for symbol in found}) == len(symbols)


@settings(deadline=None, max_examples=200)
@given(
    st.fixed_dictionaries(
        {"$type": st.sampled_from(["Point", "LineString", "Polygon"])},
        optional={
            "class_code": st.sampled_from(
                ["0101", "0299", "03001", "0405", "0501", "2101", "9999", "05", ""]
            ),
            "standard": st.sampled_from(["2007", "2013", "2026"]),
            "count": st.integers(1, 99),
        },
    ),
    st.floats(0, 23),
)
def test_maplibre_draws_a_component_in_the_colour_of_its_rule_and_once(
    feature: dict[str, object], zoom: float
) -> None:
    style = style_of(COMPONENTS)
    shown = [
        layer
        for layer in maplibre_layers(style)
        if layer.get("minzoom", 0) <= zoom < layer.get("maxzoom", 24)
        and evaluated(layer.get("filter", True), feature, zoom)
        and layer["type"] != "symbol"
    ]
    icons = [
        layer
        for layer in maplibre_layers(style)
        if "icon-image" in layer.get("layout", {})
        and layer["minzoom"] <= zoom
        and evaluated(layer["filter"], feature, zoom)
    ]
    rules = [rule for rule in rules_for(style, feature) if rule.zooms[0] <= zoom < rule.zooms[1]]
    if feature["$type"] != "Point":
        rules = [rule for rule in rules if rule.line]
    assert len(shown) + len(icons) == len(rules)
    for layer, rule in zip(shown, rules, strict=False):
        part = "circle" if feature["$type"] == "Point" else "line"
        color = rule.marker.color if part == "circle" else rule.line.color
        assert evaluated(layer["paint"][f"{part}-color"], feature, zoom) == color
    for layer, rule in zip(icons, rules, strict=False):
        assert evaluated(layer["layout"]["icon-image"], feature, zoom) == rule.marker.symbol


@pytest.mark.parametrize("name", style_names())
def test_maplibre_layers_name_themselves_once(name: str) -> None:
    layers = maplibre_layers(shipped_style(name))
    assert len({layer["id"] for layer in layers}) == len(layers) > 0


def test_a_number_between_stops_grows_evenly_by_scale_or_in_steps() -> None:
    stops = ((10.0, 2.0), (14.0, 10.0))
    assert [Stops(stops).at(zoom) for zoom in (9, 10, 12, 14, 20)] == [2, 2, 6, 10, 10]
    assert Stops(stops, base=2.0).at(12) == pytest.approx(2 + 8 * 3 / 15)
    assert [Stops(stops, stepped=True).at(zoom) for zoom in (9, 13.9, 14)] == [2, 2, 10]


@pytest.mark.parametrize("name", style_names())
def test_bands_cover_the_zooms_of_a_rule_once(name: str) -> None:
    for rule in shipped_style(name).rules:
        bands = bands_of(rule)
        first = rule.zooms[0] if rule.fill or rule.line or rule.marker else rule.label_zooms[0]
        assert bands[0].first == first
        assert bands[-1].last == (
            rule.zooms[1] if rule.fill or rule.line or rule.marker else rule.label_zooms[1]
        )
        assert all(one.last == other.first for one, other in pairwise(bands))
        labelled = [band for band in bands if band.rule.label]
        if rule.label:
            assert (labelled[0].first, labelled[-1].last) == rule.label_zooms


@pytest.mark.parametrize("name", style_names())
def test_sld_has_a_rule_for_each_band_with_its_scales(name: str) -> None:
    style = shipped_style(name)
    root = ET.fromstring(sld_document(style, name, geometry(name), "http://localhost/ogc/symbols"))
    assert root.attrib["version"] == "1.1.0"
    rules = root.findall(".//se:Rule", NS)
    wanted = {
        f"{rule.id}-{band.first:g}" for rule in style.rules if not rule.counted for band in bands_of(rule)
    }
    assert {rule.find("se:Name", NS).text for rule in rules} == wanted
    for rule in rules:
        scales = [rule.find(f"se:{name}ScaleDenominator", NS) for name in ("Min", "Max")]
        if None not in scales:
            assert float(scales[0].text) < float(scales[1].text)
        order = [child.tag.split("}")[1] for child in rule]
        known = ["Name", "Description", "Filter", "MinScaleDenominator", "MaxScaleDenominator"]
        known += ["PolygonSymbolizer", "LineSymbolizer", "PointSymbolizer", "TextSymbolizer"]
        assert order == sorted(order, key=known.index)


def test_sld_tells_classes_apart_and_takes_symbols_from_us() -> None:
    text = sld_document(style_of(COMPONENTS), "components", "point", "http://localhost/ogc/symbols").decode()
    root = ET.fromstring(text)
    assert len(root.findall(".//ogc:Not", NS)) > 0
    links = set(re.findall(r'xlink:href="([^"]+)"', text))
    assert links == {f"http://localhost/ogc/symbols/{name}.svg" for name in symbol_names()}
    found = [one.text for one in root.findall(".//ogc:PropertyIsLike/ogc:Literal", NS)]
    assert {"01*", "02*", "03*", "04*", "05*", "21*"} == set(found)


@pytest.mark.parametrize("name", style_names())
def test_qml_has_a_symbol_for_each_rule_and_holds_its_drawings(name: str) -> None:
    root = ET.fromstring(qml_document(shipped_style(name), geometry(name)))
    rules = root.findall("renderer-v2/rules/rule")
    symbols = {one.attrib["name"]: one for one in root.findall("renderer-v2/symbols/symbol")}
    assert [rule.attrib["symbol"] for rule in rules] == list(symbols)
    for rule in (*rules, *root.findall("labeling/rules/rule")):
        scales = [
            int(rule.attrib[name]) for name in ("scalemindenom", "scalemaxdenom") if name in rule.attrib
        ]
        assert scales == sorted(scales)
    svg = [one for one in root.iter("Option") if str(one.get("value")).startswith("base64:")]
    assert bool(svg) == (name == "components")
    assert root.find("layerGeometryType").text == {"point": "0", "line": "1", "polygon": "2"}[geometry(name)]


def test_qml_of_components_asks_for_classes_as_qgis_does() -> None:
    root = ET.fromstring(qml_document(style_of(COMPONENTS), "point"))
    filters = {rule.get("filter") for rule in root.findall("renderer-v2/rules/rule")}
    assert """"standard" IN ('2007') AND left("class_code", 2) IN ('05')""" in filters
    other = next(one for one in filters if one.startswith("NOT"))
    assert other.endswith(", false)")


def test_scales_are_those_of_the_tile_matrix_set() -> None:
    assert scale_of(0) == pytest.approx(559082264.0287178 / 2)


def test_symbols_are_distinct_at_sixteen_pixels() -> None:
    drawn = {name: pixels(png_of(symbol_svg(name))).astype(float) for name in symbol_names()}
    assert all(picture.shape == (4, 16, 16) for picture in drawn.values())
    for name, picture in drawn.items():
        for other, against in drawn.items():
            if name < other:
                assert np.abs(picture - against).mean() > 20, (name, other)


@pytest.mark.parametrize("ratio", [1, 2])
def test_the_sprite_sheet_holds_each_symbol_where_its_index_says(ratio: int) -> None:
    sheet, index = pixels(sprite_sheet(ratio)), sprite_index(ratio)
    assert sorted(index) == symbol_names()
    for name, place in index.items():
        cut = sheet[:, place["y"] : place["y"] + place["height"], place["x"] : place["x"] + place["width"]]
        alone = pixels(png_of(symbol_svg(name), ratio))
        assert np.abs(cut.astype(int) - alone.astype(int)).mean() < 1


@pytest.mark.parametrize("name", style_names())
def test_a_legend_shows_every_title_and_is_drawn_as_a_picture(name: str) -> None:
    style = shipped_style(name)
    for spoken in ("zh", "en"):
        with language(spoken):
            svg = legend_svg(style, geometry(name))
            root = ET.fromstring(svg)
            texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
            assert {rule.title for rule in legend_rules(style)} <= set(texts)
            assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    with language("en"):
        picture = pixels(legend_png(style, geometry(name)))
        assert picture.shape[1] == 2 * int(root.attrib["height"])
        assert len(np.unique(picture.reshape(picture.shape[0], -1), axis=1).T) > 2


def test_a_picture_with_chinese_text_is_refused_where_no_font_has_it(monkeypatch) -> None:
    monkeypatch.setattr("layers.styles.pictures._has_chinese_font", lambda: False)
    with language("zh"), pytest.raises(UsageError) as refusal:
        legend_png(shipped_style("unit-grids"), "polygon")
    assert refusal.value.expected == "svg"
    with language("en"):
        assert legend_png(shipped_style("unit-grids"), "polygon")


def test_a_layer_may_bring_rules_name_a_style_or_be_a_maplibre_style() -> None:
    rules = [
        {"id": "all", "title_zh": "全部", "title_en": "All", "marker": {"color": "#112233", "radius": 3}}
    ]
    own = style_of(replace(COMPONENTS, id="mine", style={"rules": rules}))
    assert own.rules[0].marker.color == "#112233"
    assert style_of(replace(COMPONENTS, id="mine")).id == "components"
    assert style_of(replace(COMPONENTS, id="mine", style_id="places")).id == "places"
    drawn = {"layers": [{"id": "x", "type": "circle"}], "label": ["id"]}
    assert own_maplibre(replace(COMPONENTS, style=drawn)) == {"layers": drawn["layers"]}


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"rules": []},
        {"rules": [{"id": "x", "colour": "red"}]},
        {"rules": [{"id": "x", "line": {"width": 2}}]},
        {"rules": [{"id": "x", "line": {"color": "#000000", "breadth": 2}}]},
    ],
)
def test_a_style_that_cannot_be_read_is_refused(source: dict) -> None:
    with pytest.raises(UsageError):
        read_style("x", source)


@pytest.mark.parametrize("name", ["", "../x", "公用设施", "public-utilities.svg", "a" * 999])
def test_an_unknown_symbol_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        symbol_svg(name)


def test_glyphs_are_there_for_latin_letters_and_empty_for_others() -> None:
    latin = glyphs("Noto Sans CJK SC", "0-255")
    assert len(latin) > 10_000
    assert b"Noto Sans CJK SC" in latin[:40]
    assert len(glyphs("Noto Sans CJK SC", "19968-20223")) < 60
    for stack, characters in (
        ("Arial", "0-255"),
        ("Noto Sans CJK SC", "1-256"),
        ("Noto Sans CJK SC", "0-999"),
    ):
        with pytest.raises(NotFound):
            glyphs(stack, characters)


def test_zooms_end_where_maplibre_ends() -> None:
    assert DEEPEST == 24
    assert io.BytesIO(sprite_sheet()).read(8) == b"\x89PNG\r\n\x1a\n"
