"""Stylesheets of layers: a style together with where its data are."""

from __future__ import annotations

from typing import Any

from layers.layer import Layer
from layers.published import PublishedLayer
from layers.styles.legend import legend_entries
from layers.styles.maplibre import maplibre_layers
from layers.styles.sources import geometry_of, style_of

MAPLIBRE = "application/vnd.mapbox.style+json"

#: Deeper zooms are drawn from the tiles of this one, which are exact to four centimetres.
DEEPEST_TILE = 18


def maplibre_style(entry: PublishedLayer, base: str) -> dict[str, Any]:
    """Return a whole MapLibre style that draws one layer from its tiles.

    Parameters
    ----------
    entry : PublishedLayer
        Which layer.
    base : str
        Absolute URL of ``/ogc``.

    Returns
    -------
    dict
        Everything it names lies below ``base``.
    """
    layer = entry.layer
    source: dict[str, Any] = {
        "type": "vector",
        "tiles": [f"{base}/collections/{layer.id}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}?f=mvt"],
        "maxzoom": min(layer.max_zoom, DEEPEST_TILE),
    }
    if entry.extent is not None:
        source["bounds"] = list(entry.extent)
    own = own_maplibre(layer)
    layers = maplibre_layers(style_of(layer)) if own is None else own["layers"]
    return {
        "version": 8,
        "name": layer.title,
        "sprite": f"{base}/sprites/symbols",
        "glyphs": f"{base}/fonts/{{fontstack}}/{{range}}.pbf",
        "sources": {layer.id: source},
        "layers": [{**one, "source": layer.id, "source-layer": layer.id} for one in layers],
    }


def page_style(layer: Layer) -> dict[str, Any]:
    """Return what the map page draws a layer by: layers without source, legend, whether it is on at first."""
    own = own_maplibre(layer)
    if own is not None:
        return own
    style = style_of(layer)
    metadata = {
        "wangge:visible": style.visible,
        "wangge:legend": legend_entries(style, geometry_of(layer)),
    }
    return {"metadata": metadata, "layers": maplibre_layers(style, symbols=False)}


def own_maplibre(layer: Layer) -> dict[str, Any] | None:
    """Return the MapLibre style somebody gave a layer as it is; it has no other form."""
    if not layer.style.get("layers"):
        return None
    return {name: layer.style[name] for name in ("metadata", "layers") if name in layer.style}
