"""OGC API - Features 1.0, parts 1 and 2, by OGC's suite; and what it gets wrong, by a check of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import shapely
from _results import EXCUSED, FAILED, PASSED, Result
from _suites import Suite
from numpy.typing import NDArray
from pyproj import CRS, Transformer

SUITE = Suite("features10", "a314c1e6a9278b14ab9a2ed865cfe36d202f0125", "org.opengis.cite.ogcapifeatures10")

#: The suite writes easting before northing, whatever the axis order of the system in the EPSG register; in
#: zones whose number leads the easting such a box lies outside what the system covers, which we refuse.
#: :func:`boxes` asks the same rightly.
SWAPPED = "crs.query.bboxcrs.BBoxCrsParameter: verifyBboxCrsParameter"

OURS = "ours: bbox in the axis order of EPSG"


def features(base: str, folder: Path) -> list[Result]:
    """Run the suite on all collections, and ours on the boxes that it writes with swapped axes."""
    ours = list(boxes(base))
    right = all(result.outcome == PASSED for result in ours)
    suite = SUITE.run({"iut": base, "noofcollections": "-1"}, folder)
    return [result.but(EXCUSED) if right and _swapped(result) else result for result in suite] + ours


def boxes(base: str) -> Iterator[Result]:
    """Ask for a part of each collection by its box in each coordinate system, and compare with pyproj."""
    for collection in httpx.get(f"{base}/collections").json()["collections"]:
        features = _features(base, collection["id"])
        west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
        part = (west, south, (west + east) / 2, (south + north) / 2)
        for uri in collection.get("crs", ()):
            system = CRS.from_authority(*uri.split("/")[-3::2])
            # Axes as the authority orders them, in the box; easting first, for the comparison
            written = Transformer.from_crs("OGC:CRS84", system).transform_bounds(*part)
            to = Transformer.from_crs("OGC:CRS84", system, always_xy=True)
            within = shapely.intersects(_moved(features, to), shapely.box(*to.transform_bounds(*part)))
            expected = {feature["id"] for feature, found in zip(features, within, strict=True) if found}
            asked = {"bbox": ",".join(map(repr, written)), "bbox-crs": uri}
            found = {feature["id"] for feature in _features(base, collection["id"], **asked)}
            right = bool(expected) and found == expected
            message = "" if right else f"{len(found)} instead of {len(expected)} features"
            name = f"{collection['id']} {uri.rpartition('/def/crs/')[2]}"
            yield Result(OURS, name, PASSED if right else FAILED, message)


def _features(base: str, collection: str, **asked: str) -> list[dict[str, Any]]:
    answer = httpx.get(f"{base}/collections/{collection}/items", params={"limit": "10000", **asked})
    features: list[dict[str, Any]] = answer.raise_for_status().json()["features"]
    return features


def _moved(features: list[dict[str, Any]], to: Transformer) -> list[shapely.Geometry]:
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]

    def moved(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to.transform(*places.T))

    return [shapely.transform(shape, moved) for shape in shapes]


def _swapped(result: Result) -> bool:
    codes = [int(part.rpartition("/")[2]) for part in result.message.split(" | ") if "/crs/EPSG/0/" in part]
    zoned = any("zone" in CRS.from_epsg(code).name for code in codes)
    return result.outcome == FAILED and f"{result.group}: {result.name}" == SWAPPED and zoned
