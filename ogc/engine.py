"""pygeoapi behind the landing page and the collections.

One API object is generated for each version of the catalogue, public address and language; nothing
about a collection is written by hand. Its documents are put right where they speak of what we
answer ourselves: pygeoapi promises forms (JSON-LD) and addresses (``/openapi``) that are not there.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pygeoapi.api as core
from pygeoapi.api import API, F_JSON, APIRequest
from pygeoapi.l10n import str2locale
from starlette.requests import Request

from gis.errors import NotFound, UsageError, WanggeError
from gis.text import current_language, t
from layers.published import Catalogue, PublishedLayer
from layers.reference_systems import CRS84, STORAGE
from ogc.access import access_facts
from ogc.state import OgcState

Document = dict[str, Any]

_JSON_LD = "application/ld+json"
_REGISTER = "http://www.opengis.net/def/rel/ogc/1.0"
_EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)
_KEEP = 16
_MOVED = {"/openapi": "/api", "/TileMatrixSets": "/tileMatrixSets"}


class Engine(API):  # type: ignore[misc]
    """The API object of pygeoapi, without what its constructor does to the process.

    pygeoapi's own constructor configures the root logger and opens a session for fetching headers of
    linked documents from outside.

    Parameters
    ----------
    config : dict
        pygeoapi configuration.
    """

    def __init__(self, config: Document) -> None:
        self.config = config
        self.openapi: Document = {}
        self.api_headers: dict[str, str] = {}
        self.base_url = config["server"]["url"]
        self.locales = [str2locale(config["server"]["language"])]
        self.default_locale = self.locales[0]
        self.pretty_print = False
        self.tpl_config = config

    def get_exception(self, status: int, headers: Any, format_: Any, code: str, description: str) -> Any:
        """Raise what pygeoapi would answer, for our own table of errors."""
        del headers, format_
        error = NotFound if status == HTTPStatus.NOT_FOUND else UsageError
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise WanggeError(description)
        raise error(t("{what}: {code}", what=description, code=code))


class JsonRequest(APIRequest):  # type: ignore[misc]
    """A request to pygeoapi that is always answered in JSON; pages are made from it.

    Parameters
    ----------
    request : Request
        What was asked.
    locales : list
        In what language it may be answered.
    body : bytes
        The body, already read.
    """

    def __init__(self, request: Request, locales: list[Any], body: bytes = b"") -> None:
        super().__init__(request, locales)
        self._data = body

    def _get_format(self, headers: Any) -> str:
        del headers
        return str(F_JSON)


class Engines:
    """Keep the API objects in use, and the documents they made.

    Parameters
    ----------
    state : OgcState
        What they publish.
    """

    def __init__(self, state: OgcState) -> None:
        self._state = state
        self._kept: OrderedDict[tuple[Any, ...], Engine] = OrderedDict()
        self._lock = threading.Lock()

    def landing(self, catalogue: Catalogue, base: str) -> Document:
        """Return the landing page."""
        document = self._ask(catalogue, base, core.landing_page)
        return document | {"links": _put_right(document["links"], base)}

    def collections(self, catalogue: Catalogue, base: str) -> Document:
        """Return all collections."""
        document = self._ask(catalogue, base, core.describe_collections)
        collections = [_collection(one, catalogue.layers[one["id"]], base) for one in document["collections"]]
        return document | {"links": _put_right(document["links"], base), "collections": collections}

    def collection(self, catalogue: Catalogue, base: str, layer_id: str) -> Document:
        """Return one collection."""
        document = self._ask(catalogue, base, core.describe_collections, layer_id)
        return _collection(document, catalogue[layer_id], base)

    def _ask(self, catalogue: Catalogue, base: str, function: Callable[..., Any], *words: str) -> Document:
        engine = self._engine(catalogue, base)
        _headers, _status, content = function(engine, JsonRequest(_BLANK, engine.locales), *words)
        document: Document = json.loads(content)
        return document

    def _engine(self, catalogue: Catalogue, base: str) -> Engine:
        """Return the API object of a catalogue, address and the current language."""
        key = (catalogue.version, base, current_language())
        with self._lock:
            if key not in self._kept:
                self._kept[key] = Engine(configuration(catalogue, base))
            self._kept.move_to_end(key)
            if len(self._kept) > _KEEP:
                self._kept.popitem(last=False)
            return self._kept[key]


def configuration(catalogue: Catalogue, base: str) -> Document:
    """Generate pygeoapi's configuration from the catalogue, in the current language.

    Parameters
    ----------
    catalogue : Catalogue
        What is published.
    base : str
        Absolute URL of ``/ogc``.
    """
    title = str(t("Spatial registry of city management"))
    resources: Document = {name: _resource(entry, base) for name, entry in catalogue.layers.items()}
    return {
        "server": {"url": base, "language": current_language(), "encoding": "utf-8"},
        "metadata": {
            "identification": {
                "title": title,
                "description": str(t("Unit grids, components and who is responsible for them")),
                "keywords": [],
                "url": f"{base}?f=html",
            },
        },
        "resources": resources,
    }


def _resource(entry: PublishedLayer, base: str) -> Document:
    layer = entry.layer
    tiles = {
        "type": "application/json",
        "rel": f"{_REGISTER}/tilesets-vector",
        "title": str(t("Vector tiles")),
        "href": f"{base}/collections/{layer.id}/tiles?f=json",
    }
    styles = {
        "type": "application/json",
        "rel": f"{_REGISTER}/styles",
        "title": str(t("Styles")),
        "href": f"{base}/collections/{layer.id}/styles?f=json",
    }
    changes = {
        "type": "application/json",
        "rel": "related",
        "title": str(t("Changes of {layer}", layer=layer.title)),
        "href": f"{base}/collections/{layer.id}/changes",
    }
    return {
        "type": "collection",
        "title": layer.title,
        "description": layer.description,
        "keywords": [],
        "links": [tiles, styles, changes],
        "extents": {
            "spatial": {"bbox": list(entry.extent or _EVERYWHERE), "crs": CRS84.uri},
            "temporal": {"begin": entry.since, "end": None},
        },
        "providers": [
            {
                "type": "feature",
                "name": "wangge",
                "crs": [system.uri for system in entry.systems],
                "storage_crs": STORAGE.uri,
            }
        ],
    }


def _collection(document: Document, entry: PublishedLayer, base: str) -> Document:
    document = document | {"links": _put_right(document["links"], base)}
    if entry.extent is None:
        document["extent"].pop("spatial")
    if entry.since is None:
        document["extent"].pop("temporal")
    return document | access_facts(entry.layer)


def _put_right(links: list[Document], base: str) -> list[Document]:
    """Drop links to forms that are not served, and correct the addresses of those that are."""
    kept = []
    for link in links:
        if link.get("type") == _JSON_LD:
            continue
        for wrong, right in _MOVED.items():
            if link["href"].startswith(base + wrong):
                link = link | {"href": base + right + link["href"][len(base + wrong) :]}
        kept.append(link)
    return kept


_BLANK = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []})
