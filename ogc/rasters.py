"""Rasters as collections: which there are for whom, and what each says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rasterio
import shapely
from rasterio.warp import transform
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gis.columns import from_json
from gis.errors import NotFound, UsageError
from gis.models import DATASETS
from gis.rasters.store import store_of
from gis.registry import Registry
from gis.text import Text, t
from layers.access import Action, Principal, may
from layers.classification import INTERNAL, Level, read_classifications
from layers.reference_systems import STORAGE, Bounds, ReferenceSystem, reference_system, systems_for
from ogc.access import principal_of
from ogc.negotiation import HTML, chosen_format
from ogc.pages import page_response
from ogc.parameters import query_of
from ogc.records.record import link, record_extent
from ogc.state import state_of

#: Before the code of a raster in the identifier of its collection: no layer's identifier has a colon.
PREFIX = "raster:"

DATASET = "rasters"

_REGISTER = "http://www.opengis.net/def/rel/ogc/1.0"


@dataclass(frozen=True, slots=True)
class PublishedRaster:
    """A raster somebody sees.

    Attributes
    ----------
    facts : mapping
        Its row.
    level : Level
        Its classification.
    """

    facts: Mapping[str, Any]
    level: Level

    @property
    def id(self) -> str:
        """Identifier of its collection."""
        return f"{PREFIX}{self.facts['code']}"

    @property
    def bounds(self) -> Bounds:
        """Where it lies, EPSG:4490, longitude and latitude."""
        shape: BaseGeometry = self.facts["geom"]
        west, south, east, north = shape.bounds
        return west, south, east, north

    @property
    def system(self) -> ReferenceSystem | None:
        """Its own coordinate system, when that is one of those that answers are given in."""
        # Its name follows the code
        name = str(self.facts["crs"]).partition(" ")[0]
        try:
            return reference_system(name)
        except UsageError:
            return None

    def file(self, registry: Registry) -> Path:
        """Return where its pixels are."""
        return store_of(registry) / str(self.facts["path"])

    @property
    def span(self) -> tuple[float, float]:
        """The least and the greatest value seen when it was imported."""
        known = from_json(self.facts["attributes"]) or {}
        return known.get("minimum", 0.0), known.get("maximum", 255.0)


def rasters_seen(
    connection: Connection, principal: Principal, code: str | None = None
) -> list[PublishedRaster]:
    """Return the rasters somebody sees, or the one of a code.

    Parameters
    ----------
    connection : Connection
        To the registry.
    principal : Principal
        Who asks: everybody sees what is classified as public, a key that reads everything also what is
        internal, nobody what may not leave over HTTP.
    code : str, optional
        Which one.
    """
    whole = read_classifications(connection, "dataset").get(DATASET, INTERNAL)
    levels = read_classifications(connection, "raster")
    table = DATASETS[DATASET].live
    statement = select(table).where(table.c.path.is_not(None)).order_by(table.c.code)
    if code is not None:
        statement = statement.where(table.c.code == code)
    rows = connection.execute(statement).mappings() if whole.served else ()
    found = [PublishedRaster(dict(row), levels.get(row["code"], INTERNAL)) for row in rows]
    return [one for one in found if _sees(principal, one.level)]


async def raster_of(request: Request) -> PublishedRaster:
    """Return the raster a request is about.

    Raises
    ------
    NotFound
        If there is none of that code that the sender sees.
    """
    code, principal = request.path_params["raster"], principal_of(request.scope)
    registry = state_of(request).registry

    def read() -> list[PublishedRaster]:
        with registry.connect() as connection:
            return rasters_seen(connection, principal, code)

    found = await run_in_threadpool(read)
    if not found:
        name = f"{PREFIX}{code}"
        raise NotFound(t("There is no collection {layer}", layer=name), field="collectionId", value=name)
    return found[0]


async def collection(request: Request) -> Response:
    """Answer ``/collections/raster:{code}``."""
    form = chosen_format(request.scope, query_of(request.scope))
    raster = await raster_of(request)
    document = raster_collection(raster, state_of(request).base(request.scope))
    headers = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-cache"}
    if form == HTML:
        return page_response(
            "document.html", {"title": document["title"], "document": document}, headers=headers
        )
    return JSONResponse(document, headers=headers)


def raster_collection(raster: PublishedRaster, base: str) -> dict[str, Any]:
    """Describe a raster as a collection.

    Parameters
    ----------
    raster : PublishedRaster
        Which one.
    base : str
        Absolute URL of ``/ogc``.
    """
    facts, here = raster.facts, f"{base}/collections/{raster.id}"
    return {
        "id": raster.id,
        "title": facts["name"],
        "description": str(raster_description(raster)),
        "dataType": "map" if facts["kind"] == "orthophoto" else "coverage",
        "extent": _extent(raster),
        "crs": [one.uri for one in systems_for(raster.bounds)],
        **({} if raster.system is None else {"storageCrs": raster.system.uri}),
        "classification": raster.level.id,
        "width": facts["pixels_x"],
        "height": facts["pixels_y"],
        "bands": facts["bands"],
        "nodata": facts["nodata"],
        "links": [
            link("self", "application/json", t("This document"), f"{here}?f=json"),
            link("alternate", "text/html", t("This document as {form}", form="HTML"), f"{here}?f=html"),
            link(f"{_REGISTER}/coverage", "image/tiff", t("Pixels as GeoTIFF"), f"{here}/coverage"),
            link(f"{_REGISTER}/map", "image/png", t("Map"), f"{here}/map"),
        ],
    }


def _extent(raster: PublishedRaster) -> dict[str, Any]:
    """Return where it lies and since when, the rectangle in its own system, too (20-058, collection-map)."""
    extent = record_extent(raster.bounds, raster.facts["valid_from"], None)
    if raster.system is not None:
        here, own = (rasterio.CRS.from_epsg(one.srid) for one in (STORAGE, raster.system))
        x, y = transform(here, own, *shapely.get_coordinates(raster.facts["geom"]).T)
        bounds = (min(x), min(y), max(x), max(y))
        extent["spatial"]["storageCrsBbox"] = [list(in_axis_order(bounds, raster.system))]
    return extent


def in_axis_order(bounds: Bounds, system: ReferenceSystem) -> Bounds:
    """Return a rectangle with the axes of a system in the authority's order, rounded as coordinates are."""
    west, south, east, north = (round(value, system.decimals) for value in bounds)
    return (south, west, north, east) if system.north_first else (west, south, east, north)


def raster_description(raster: PublishedRaster) -> Text:
    """Return what a raster is, in a few words."""
    facts = raster.facts
    return t(
        "{kind}, {crs}, pixels of {resolution} m",
        kind=t("Orthophoto") if facts["kind"] == "orthophoto" else t("Elevation model"),
        crs=facts["crs"],
        resolution=facts["resolution_m"],
    )


def _sees(principal: Principal, level: Level) -> bool:
    if level.public or not level.served:
        return level.public and level.served
    unlimited = principal.counties is None and principal.layers is None
    return not principal.local and unlimited and may(principal, Action.READ)
