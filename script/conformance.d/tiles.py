"""OGC API - Tiles 1.0, by OGC's suite."""

from __future__ import annotations

from pathlib import Path

import httpx
from _results import Result
from _suites import Suite

SUITE = Suite("tiles10", "94900dbf03ed5b373dd785fdee7dbc16c5f1bc36", "org.opengis.cite.ogcapitiles10")
SET = "WebMercatorQuad"
ZOOM = "9"


def tiles(base: str, folder: Path) -> list[Result]:
    """Run the suite on the tiles of the components in Web Mercator, where the tileset says they are."""
    tileset = f"{base}/collections/components/tiles/{SET}"
    document = httpx.get(tileset, params={"f": "json"}).raise_for_status().json()
    limits = next(one for one in document["tileMatrixSetLimits"] if one["tileMatrix"] == ZOOM)
    return SUITE.run(
        {
            "iut": base,
            "tilematrixsetdefinitionuri": f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{SET}",
            "urltemplatefortiles": f"{tileset}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f=mvt",
            "tilematrix": ZOOM,
            **{
                name.lower(): str(limits[name])
                for name in ("minTileRow", "maxTileRow", "minTileCol", "maxTileCol")
            },
        },
        folder,
    )
