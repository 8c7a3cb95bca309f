"""What the page has to know before it draws: layers with their styles, extent, base maps."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, select

from gis.models import DATASETS
from gis.registry import Registry
from layers.extents import dataset_extent
from layers.layer import Layer
from layers.published import PublishedLayer
from web.page import STATIC
from web.settings import MapSettings, read_map_settings

_KINDS = {"MULTIPOLYGON": "polygon", "MULTILINESTRING": "line", "POINT": "point", "GEOMETRY": "point"}
_VISIBLE = "wangge:visible"


def map_config(registry: Registry, seen: Iterable[PublishedLayer]) -> dict[str, Any]:
    """Return the configuration of the page.

    Parameters
    ----------
    registry : Registry
        Whose map it is.
    seen : iterable of PublishedLayer
        The layers that whoever asks may see.

    Returns
    -------
    dict
        ``title_zh``, ``title_en``, ``extent`` (west, south, east, north; ``None`` while the registry
        is empty), ``layers``, ``basemaps``, ``projections`` (proj4 texts the base maps need).

    Raises
    ------
    UsageError
        If a base map is configured wrongly.
    """
    settings = read_map_settings(registry)
    layers = [entry.layer for entry in seen]
    with registry.connect() as connection:
        extent, titles = _extent(connection, layers), _titles(connection, settings)
    definitions: dict[str, str] = {}
    for basemap in settings.basemaps:
        definitions |= basemap.definition()
    return {
        **titles,
        "extent": extent,
        "layers": [_layer(layer) for layer in layers],
        "basemaps": [basemap.to_dict() for basemap in settings.basemaps],
        "projections": definitions,
    }


def _layer(layer: Layer) -> dict[str, Any]:
    style = _style(layer)
    return {
        "id": layer.id,
        "title_zh": layer.title_zh,
        "title_en": layer.title_en,
        "description_zh": layer.description_zh,
        "description_en": layer.description_en,
        "geometry": _KINDS[layer.source.geometry or "GEOMETRY"],
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "style": style,
        "visible": bool(style.get("metadata", {}).get(_VISIBLE, False)),
    }


def _style(layer: Layer) -> dict[str, Any]:
    """Return the layer's own MapLibre style, else the one that comes with its collection."""
    if layer.style.get("layers"):
        return {name: layer.style[name] for name in ("metadata", "layers") if name in layer.style}
    return (
        _standard_style(layer.id)
        or _standard_style(layer.source.collection or "")
        or _standard_style("default")
    )


@cache
def _standard_style(name: str) -> dict[str, Any]:
    path = STATIC / "styles" / f"{name}.json"
    return dict(orjson.loads(path.read_bytes())) if name and path.is_file() else {}


def _extent(connection: Connection, layers: Iterable[Layer]) -> list[float] | None:
    """Return the rectangle around the divisions, else the grids, else the first layer with anything."""
    for name in dict.fromkeys(["divisions", "grids", *(layer.dataset for layer in layers)]):
        bounds = dataset_extent(connection, DATASETS[name])
        if bounds is not None:
            return list(bounds)
    return None


def _titles(connection: Connection, settings: MapSettings) -> dict[str, str | None]:
    """Return the configured titles, else the name of the one county the registry holds."""
    divisions = DATASETS["divisions"].live
    counties = connection.scalars(
        select(divisions.c.name).where(divisions.c.level == "county").limit(2)
    ).all()
    county = counties[0] if len(counties) == 1 else None
    return {
        "title_zh": settings.title_zh or county,
        "title_en": settings.title_en or settings.title_zh or county,
    }
