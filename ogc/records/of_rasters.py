"""Records of rasters (orthophotos 正射影像, elevation models 高程模型)."""

from __future__ import annotations

from typing import Any

from gis.text import Text, t
from layers.classification import Level
from ogc.rasters import DATASET, PublishedRaster, raster_description
from ogc.records.record import GEOJSON, Both, Link, Record, link

_REGISTER = "http://www.opengis.net/def/rel/ogc/1.0"
_TOPICS = "https://standards.iso.org/iso/19115/resources/Codelists/cat/codelists.xml#MD_TopicCategoryCode"
_TOPIC_OF = {"orthophoto": "imageryBaseMapsEarthCover", "elevation": "elevation"}


def raster_record(raster: PublishedRaster, base: str) -> Record:
    """Return the record of a raster.

    Parameters
    ----------
    raster : PublishedRaster
        One that the asker sees.
    base : str
        Absolute URL of ``/ogc``.
    """
    facts = raster.facts
    name = facts["name"] or facts["code"]
    return Record(
        id=raster.id,
        type="raster",
        title=Both(name, name),
        description=raster_description(raster),
        keywords=(t("raster"), facts["code"], *_kind(facts["kind"])),
        bounds=raster.bounds,
        start=facts["valid_from"],
        created=facts["valid_from"],
        updated=facts["valid_from"],
        external_ids=(("raster", facts["code"]), ("dataset", DATASET)),
        facts=_facts(raster, raster.level),
        links=_links(raster, base),
    )


def _kind(kind: str) -> tuple[Text, ...]:
    return (t("Orthophoto"),) if kind == "orthophoto" else (t("Elevation model"),)


def _facts(raster: PublishedRaster, level: Level) -> dict[str, Any]:
    facts = raster.facts
    topic = _TOPIC_OF.get(facts["kind"])
    return {
        "dataset": DATASET,
        "edition": facts["edition"] or None,
        "date": facts["date"],
        "crs": facts["crs"],
        "resolution_m": facts["resolution_m"],
        "classification": level.id,
        "restriction": str(level.title),
        "themes": topic and [{"concepts": [{"id": topic}], "scheme": _TOPICS}],
        "formats": [
            {"name": "GeoTIFF", "mediaType": "image/tiff; application=geotiff"},
            {"name": "PNG", "mediaType": "image/png"},
            {"name": "JPEG", "mediaType": "image/jpeg"},
        ],
    }


def _links(raster: PublishedRaster, base: str) -> tuple[Link, ...]:
    here, edition = f"{base}/collections/{raster.id}", raster.facts["edition"]
    links = [
        link("related", "application/json", t("Description of the raster"), f"{here}?f=json"),
        link(f"{_REGISTER}/coverage", "image/tiff", t("Pixels as GeoTIFF"), f"{here}/coverage"),
        link(f"{_REGISTER}/map", "image/png", t("Map"), f"{here}/map"),
    ]
    if edition:
        record = f"{base}/collections/metadata/items/edition:{edition}"
        links.append(link("latest-version", GEOJSON, t("Edition {number}", number=edition), record))
    return tuple(links)
