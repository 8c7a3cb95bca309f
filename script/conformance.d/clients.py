"""Programs that people read services with: GDAL and OWSLib; QGIS has a module of its own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import shapely
from _results import FAILED, PASSED, SKIPPED, Result
from _suites import NotHere
from owslib.ogcapi.features import Features
from owslib.ogcapi.records import Records

LAYER = "components"
CLASS = "0101"
WEB_MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
SECONDS = 120
#: By clients that do not read what is there.
RAISED: tuple[type[Exception], ...] = (
    *(ArithmeticError, AssertionError, LookupError, OSError, RuntimeError, TypeError, ValueError),
    *(subprocess.SubprocessError, httpx.HTTPError),
)


def clients(base: str, folder: Path) -> list[Result]:
    """Read the city with each client, and compare with what its features are."""
    truth = Truth(base)
    tried: list[tuple[str, Callable[[str, Path, Truth], None]]] = [
        ("GDAL", gdal_lists),
        ("GDAL", gdal_counts),
        ("GDAL", gdal_box),
        ("GDAL", gdal_where),
        ("GDAL", gdal_crs),
        ("OWSLib", owslib_features),
        ("OWSLib", owslib_filters),
        ("OWSLib", owslib_crs),
        ("OWSLib", owslib_records),
    ]
    return [_tried(client, check, base, folder, truth) for client, check in tried]


class Truth:
    """The components of the city, read page by page over plain HTTP."""

    def __init__(self, base: str) -> None:
        self.features = []
        address: str | None = f"{base}/collections/{LAYER}/items?limit=400"
        while address:
            page = httpx.get(address).raise_for_status().json()
            self.features += page["features"]
            address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
        points = [shapely.geometry.shape(feature["geometry"]) for feature in self.features]
        west, south, east, north = shapely.total_bounds(points)
        # Its sides run between the places that clients round coordinates to
        corners = (west, south, (west + east) / 2, (south + north) / 2)
        self.box = tuple(round(corner, 3) + 0.00105 for corner in corners)
        self.ids = {feature["id"] for feature in self.features}
        within = shapely.intersects(points, shapely.box(*self.box))
        self.within = {feature["id"] for feature, found in zip(self.features, within, strict=True) if found}
        self.of_class = {f["id"] for f in self.features if f["properties"]["class_code"] == CLASS}


def gdal_lists(base: str, _folder: Path, _truth: Truth) -> None:
    listed = _gdal("ogrinfo", "-q", f"OAPIF:{base}")
    for name in (LAYER, "unit-grids", "areas"):
        require(name in listed, listed)


def gdal_counts(base: str, _folder: Path, truth: Truth) -> None:
    told = _gdal("ogrinfo", "-so", "-oo", "PAGE_SIZE=400", f"OAPIF:{base}", LAYER)
    require(f"Feature Count: {len(truth.ids)}" in told, told)


def gdal_box(base: str, folder: Path, truth: Truth) -> None:
    found = _copied(base, folder / "box.geojson", "-spat", *map(str, truth.box))
    same(found, truth.within)


def gdal_where(base: str, folder: Path, truth: Truth) -> None:
    where = ("-where", f"class_code = '{CLASS}'")
    same(_copied(base, folder / "where.geojson", *where), truth.of_class)


def gdal_crs(base: str, folder: Path, truth: Truth) -> None:
    target = folder / "crs.geojson"
    _copied(base, target, "-t_srs", "EPSG:3857", "-lco", "RFC7946=NO")
    asked = httpx.get(f"{base}/collections/{LAYER}/items", params={"limit": 10_000, "crs": WEB_MERCATOR})
    ours = {feature["id"]: feature["geometry"]["coordinates"] for feature in asked.json()["features"]}
    for feature in json.loads(target.read_text("utf-8"))["features"]:
        x, y = feature["geometry"]["coordinates"][:2]
        expected = ours[feature["properties"]["id"]]
        # A millimetre is all that GDAL writes
        require(abs(x - expected[0]) < 0.02 and abs(y - expected[1]) < 0.02, f"{(x, y)} is not {expected}")
    require(len(ours) == len(truth.ids), str(len(ours)))


def owslib_features(base: str, _folder: Path, truth: Truth) -> None:
    api = Features(f"{base}/")
    require({LAYER, "unit-grids", "areas"} <= set(api.feature_collections()), str(api.feature_collections()))
    require("class_code" in api.collection_queryables(LAYER)["properties"], "queryables")
    page = api.collection_items(LAYER, bbox=list(truth.box), limit=10_000)
    same({feature["id"] for feature in page["features"]}, truth.within)
    one = truth.features[0]
    require(api.collection_item(LAYER, one["id"])["geometry"] == one["geometry"], one["id"])


def owslib_filters(base: str, _folder: Path, truth: Truth) -> None:
    api = Features(f"{base}/")
    page = api.collection_items(LAYER, filter=f"class_code = '{CLASS}'", limit=10_000)
    same({feature["id"] for feature in page["features"]}, truth.of_class)


def owslib_crs(base: str, _folder: Path, _truth: Truth) -> None:
    one = Features(f"{base}/").collection_items(LAYER, limit=1, crs=WEB_MERCATOR)["features"][0]
    expected = httpx.get(f"{base}/collections/{LAYER}/items/{one['id']}", params={"crs": WEB_MERCATOR})
    require(one["geometry"] == expected.json()["geometry"], str(one["geometry"]))
    require(one["geometry"]["coordinates"][0] > 1e6, str(one["geometry"]))


def owslib_records(base: str, _folder: Path, _truth: Truth) -> None:
    listed = Records(f"{base}/").records()
    if not listed:
        raise NotHere("the service has no collection of records")
    api = Records(f"{base}/")
    require("dataset" in api.collection_queryables(listed[0])["properties"], "queryables without dataset")
    every = {record["id"] for record in api.collection_items(listed[0], limit=100)["features"]}
    require({f"layer:{LAYER}", "edition:1"} <= every, str(every))
    by_type = {record["id"] for record in api.collection_items(listed[0], type="dataset")["features"]}
    same(by_type, {name for name in every if name.startswith("layer:")})
    one = api.collection_item(listed[0], f"layer:{LAYER}")
    require(one["properties"]["type"] == "dataset", str(one)[:300])


def _copied(base: str, target: Path, *options: str) -> set[str]:
    _gdal("ogr2ogr", *options, "-oo", "PAGE_SIZE=400", str(target), f"OAPIF:{base}", LAYER)
    return {feature["properties"]["id"] for feature in json.loads(target.read_text("utf-8"))["features"]}


def _gdal(program: str, *arguments: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise NotHere(f"{program} is not installed: install gdal-bin")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=SECONDS, check=False)
    require(done.returncode == 0, done.stderr[-500:])
    return done.stdout


def same(found: set[str], expected: set[str]) -> None:
    """Require some features, and those only."""
    require(bool(expected) and found == expected, f"{len(found)} instead of {len(expected)} features")


def require(holds: bool, otherwise: str) -> None:
    """Say what is wrong unless something holds."""
    if not holds:
        raise Wrong(re.sub(r"\s+", " ", otherwise))


class Wrong(ValueError):
    """A client read something else than what is there."""


def _tried(
    client: str, check: Callable[[str, Path, Truth], None], base: str, folder: Path, truth: Truth
) -> Result:
    name = check.__name__.partition("_")[2]
    try:
        check(base, folder, truth)
    except NotHere as missing:
        return Result(client, name, SKIPPED, str(missing))
    except RAISED as error:
        return Result(client, name, FAILED, f"{type(error).__name__}: {str(error)[:400]}")
    return Result(client, name, PASSED)
