"""What the page has to know before it draws: layers with their styles, extent, base maps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from gis.models import DATASETS
from gis.registry import Registry
from layers.extents import dataset_extent
from layers.layer import Layer
from layers.published import PublishedLayer
from layers.styles.documents import page_style
from layers.styles.sources import geometry_of
from layers.tile_address import zooms_of
from layers.tilematrix import tile_matrix_set
from ogc.access import access_facts
from web.settings import MapSettings, read_map_settings

#: The tile matrix set the page draws from.
_TILES = "CGCS2000Quad"
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
    entries = list(seen)
    layers = [entry.layer for entry in entries]
    with registry.connect() as connection:
        extent, titles = _extent(connection, layers), _titles(connection, settings)
    definitions: dict[str, str] = {}
    for basemap in settings.basemaps:
        definitions |= basemap.definition()
    return {
        **titles,
        "extent": extent,
        "layers": [_layer(entry) for entry in entries],
        "basemaps": [basemap.to_dict() for basemap in settings.basemaps],
        "projections": definitions,
    }


def _layer(entry: PublishedLayer) -> dict[str, Any]:
    layer, style = entry.layer, page_style(entry.layer)
    lowest, highest = zooms_of(layer, tile_matrix_set(_TILES))
    return {
        "id": layer.id,
        "title_zh": layer.title_zh,
        "title_en": layer.title_en,
        "description_zh": layer.description_zh,
        "description_en": layer.description_en,
        "attribution": access_facts(layer).get("attribution"),
        "geometry": geometry_of(layer),
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "tiles": {"first_zoom": lowest, "last_zoom": highest, "extent": entry.extent},
        "style": style,
        "visible": bool(style.get("metadata", {}).get(_VISIBLE, False)),
    }


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
