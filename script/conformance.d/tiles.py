"""OGC API - Tiles 1.0, by OGC's suite."""

from __future__ import annotations

from pathlib import Path

from _results import Result
from _suites import Suite

SUITE = Suite("tiles10", "94900dbf03ed5b373dd785fdee7dbc16c5f1bc36", "org.opengis.cite.ogcapitiles10")


def tiles(base: str, folder: Path) -> list[Result]:
    """Run the suite on the tiles of the components in Web Mercator, where the city is."""
    return SUITE.run(
        {
            "iut": base,
            "tilematrixsetdefinitionuri": "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
            "urltemplatefortiles": f"{base}/collections/components/tiles/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f=mvt",
            "tilematrix": "1",
            "mintilerow": "0",
            "maxtilerow": "1",
            "mintilecol": "0",
            "maxtilecol": "1",
        },
        folder,
    )
