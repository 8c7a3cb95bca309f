"""Records of layers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gis.text import Text, t
from layers.published import Catalogue, PublishedLayer
from layers.reference_systems import STORAGE
from layers.tiles import MVT
from ogc.access import access_facts
from ogc.records.record import GEOJSON, Both, Link, Record, link

#: What the metadata of a layer say that is handed on; the rest are notes of the city's own.
STATED = ("source", "date", "accuracy", "producer", "lineage", "license", "rights")

#: Topic categories of ISO 19115-1.
TOPICS = "https://standards.iso.org/iso/19115/resources/Codelists/cat/codelists.xml#MD_TopicCategoryCode"

_REGISTER = "http://www.opengis.net/def/rel/ogc/1.0"
_TOPIC_OF = {
    "divisions": "boundaries",
    "grids": "boundaries",
    "responsibility-grids": "boundaries",
    "governance-grids": "boundaries",
    "management-grids": "boundaries",
    "evaluation-grids": "boundaries",
    "boundaries": "boundaries",
    "areas": "planningCadastre",
    "components": "structure",
    "facilities": "structure",
    "sheets": "imageryBaseMapsEarthCover",
    "places": "location",
    "addresses": "location",
    "streets": "transportation",
}

#: Dataset -> number and time of its latest edition.
Latest = Mapping[str, tuple[int, datetime]]


def layer_record(entry: PublishedLayer, catalogue: Catalogue, latest: Latest, base: str) -> Record:
    """Return the record of a layer as its asker sees it.

    Parameters
    ----------
    entry : PublishedLayer
        The layer and what is known of its data.
    catalogue : Catalogue
        Where the levels lie.
    latest : mapping
        Latest editions of datasets.
    base : str
        Absolute URL of ``/ogc``.
    """
    layer = entry.layer
    number, moment = latest.get(layer.dataset, (None, None))
    producer = layer.metadata.get("producer")
    facts: dict[str, Any] = {
        **{name: _stated(layer.metadata.get(name)) for name in STATED},
        "dataset": layer.dataset,
        "edition": number,
        "crs": STORAGE.uri,
        "classification": layer.level,
        "restriction": str(catalogue.levels[layer.level].title),
        "themes": _themes(layer.dataset),
        "contacts": [{"organization": str(producer), "roles": ["producer"]}] if producer else None,
        "formats": [
            {"name": "GeoJSON", "mediaType": GEOJSON},
            {"name": "HTML", "mediaType": "text/html"},
            {"name": "MVT", "mediaType": MVT},
        ],
        "coarsened_m": access_facts(layer).get("coarsened_m"),
    }
    return Record(
        id=f"layer:{layer.id}",
        type="dataset",
        title=Both(layer.title_zh or layer.id, layer.title_en or layer.id),
        description=Both(layer.description_zh, layer.description_en),
        keywords=(Both(layer.title_zh, layer.title_en), layer.dataset, *_keywords(layer.metadata)),
        bounds=entry.extent,
        start=entry.since,
        created=entry.since,
        updated=moment,
        external_ids=_external_ids(entry),
        facts=facts,
        links=_links(entry, base, number),
    )


def _stated(value: Any) -> str | None:
    """Return what somebody wrote as text; lists and objects are no statement."""
    return str(value) if isinstance(value, str | int | float) and str(value).strip() else None


def _keywords(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    given = metadata.get("keywords", ())
    words = given.split(",") if isinstance(given, str) else given
    return tuple(str(word).strip() for word in words if str(word).strip())


def _themes(dataset: str) -> list[dict[str, Any]] | None:
    topic = _TOPIC_OF.get(dataset)
    return None if topic is None else [{"concepts": [{"id": topic}], "scheme": TOPICS}]


def _external_ids(entry: PublishedLayer) -> tuple[tuple[str, str], ...]:
    number = entry.layer.profile.approval_number
    own = (("layer", entry.layer.id), ("dataset", entry.layer.dataset))
    return (*own, ("map-approval-number", number)) if number else own


def _links(entry: PublishedLayer, base: str, edition: int | None) -> tuple[Link, ...]:
    here = f"{base}/collections/{entry.layer.id}"
    json = "application/json"
    titles: list[tuple[str, str, Text, str]] = [
        ("related", json, t("Description of the layer"), f"{here}?f=json"),
        ("items", GEOJSON, t("Features"), f"{here}/items?f=json"),
        (f"{_REGISTER}/tilesets-vector", json, t("Vector tiles"), f"{here}/tiles?f=json"),
        (f"{_REGISTER}/styles", json, t("Styles"), f"{here}/styles?f=json"),
        (f"{_REGISTER}/schema", "application/schema+json", t("Schema"), f"{here}/schema?f=json"),
    ]
    if edition is not None:
        record = f"{base}/collections/metadata/items/edition:{edition}"
        titles.append(("latest-version", GEOJSON, t("Edition {number}", number=edition), record))
    return tuple(link(*one) for one in titles)
