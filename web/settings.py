"""Configuration of the served map, read once at the edge and passed on."""

from __future__ import annotations

import os
from dataclasses import dataclass

from sqlalchemy import select

from gis.models import settings
from gis.registry import Registry
from web.basemap import SETTING, BaseMap, parse_basemaps

REGISTRY = "WANGGE_REGISTRY"
HOST = "WANGGE_HOST"
BASEMAP = "WANGGE_BASEMAP"


@dataclass(frozen=True, slots=True)
class MapSettings:
    """What a city may say about its map.

    Attributes
    ----------
    title_zh, title_en : str or None
        Heading of the page, from the registry's settings of these names.
    basemaps : tuple of BaseMap
        Drawn under everything else.
    """

    title_zh: str | None
    title_en: str | None
    basemaps: tuple[BaseMap, ...]


def read_map_settings(registry: Registry) -> MapSettings:
    """Read the settings from the registry; ``WANGGE_BASEMAP`` comes before its base map.

    Raises
    ------
    UsageError
        If a base map is configured wrongly.
    """
    with registry.connect() as connection:
        rows = connection.execute(select(settings.c.key, settings.c.value))
        given: dict[str, str | None] = {row.key: row.value for row in rows}
    return MapSettings(
        title_zh=given.get("title_zh"),
        title_en=given.get("title_en"),
        basemaps=parse_basemaps(os.environ.get(BASEMAP) or given.get(SETTING)),
    )
