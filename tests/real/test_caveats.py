"""Stated areas of responsibility against ours: where the two disagree, the answer says that it is unsure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import pytest
import shapely

from gis.editions import commit
from gis.registry import Registry
from responsibility.resolver import Resolver

BOROUGHS = {"MANHATTAN": 1, "BRONX": 2, "BROOKLYN": 3, "QUEENS": 4, "STATEN ISLAND": 5}
ASKED = {"kind": "matter", "class_": "0301", "source": "address"}
ACCURACY_M = 30.0
FEET = 0.3048006096


def load(registry: Registry, path: str, code: str, line: str) -> geopandas.GeoDataFrame:
    """Commit polygons as areas that a unit of their own answers for."""
    polygons = geopandas.read_file(path)
    polygons["code"] = polygons[code].astype(str).str.removesuffix(".0")
    areas = polygons.dissolve("code").reset_index()[["code", "geometry"]].to_crs("EPSG:4490")
    areas.geometry = [_polygons(shape) for shape in shapely.make_valid(areas.geometry.to_numpy())]
    units = {"unit_code": f"{line}-" + areas["code"], "unit_name": areas["code"]}
    commit(registry, "areas", areas.assign(line=line, name=areas["code"], in_scope=True, **units))
    return areas.set_index("code")


def _polygons(shape: shapely.Geometry) -> shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.MultiPolygon([one for part in parts for one in shapely.get_parts(part)])


def caveats(answered: pandas.DataFrame, line: str, stated: Any) -> tuple[Any, Any]:
    """Return where the stated area is another than ours, and where the answer is no confident one."""
    ours = answered[f"line:{line}"]
    wrong = ours.isna() | (ours != stated)
    differs = answered["differs_within_accuracy"].fillna("").str.split(";")
    unsure = differs.map(lambda names: "acting" in names) | (answered["decision"] != "decided")
    return wrong.to_numpy(), unsure.to_numpy()


@pytest.fixture(scope="module")
def requests(real_data: Path) -> pandas.DataFrame:
    table = pandas.read_csv(real_data / "us-nyc-311" / "311.csv.gz", dtype=str)
    return table.dropna(subset=["Latitude", "Longitude"]).reset_index(drop=True)


def test_boards_that_disagree_carry_a_caveat(
    registry: Registry, real_data: Path, requests: pandas.DataFrame
) -> None:
    load(registry, f"/vsigzip/{real_data}/us-nyc-311/community-districts.geojson.gz", "BoroCD", "board")
    table = requests[~requests["Community Board"].str.contains("Unspecified")]
    parts = table["Community Board"].str.extract(r"(?P<number>\d\d) (?P<borough>.+)")
    stated = parts["borough"].map(BOROUGHS).astype(str) + parts["number"]

    wrong, unsure = caveats(Resolver(registry).resolve_frame(table, **ASKED), "board", stated)

    assert wrong.sum() == 55
    assert unsure[wrong].mean() >= 0.95
    assert unsure[~wrong].mean() <= 0.10


def test_zip_codes_without_a_caveat_contradict_the_polygons_beyond_the_accuracy(
    gpkg_registry: Registry, real_data: Path, requests: pandas.DataFrame
) -> None:
    """Postal codes go by building and date: 11249 was cut out of 11211 after the polygons were drawn."""
    path = f"/vsigzip/{real_data}/us-nyc-311/nyc-zipcodes.geojson.gz"
    areas = load(gpkg_registry, path, "postalCode", "zip").to_crs("EPSG:2263").geometry
    table = requests.dropna(subset=["Incident Zip"])
    answered = Resolver(gpkg_registry).resolve_frame(table, **ASKED)

    wrong, unsure = caveats(answered, "zip", table["Incident Zip"])

    assert unsure[~wrong].mean() <= 0.10
    points = answered.to_crs("EPSG:2263").geometry
    away = [
        points.iloc[at].distance(areas[stated]) * FEET if stated in areas.index else np.inf
        for at, stated in enumerate(table["Incident Zip"])
        if wrong[at] and not unsure[at]
    ]
    assert min(away) > ACCURACY_M
    assert len(away) <= 31


def test_beats_of_chicago_state_the_district_that_is_found(gpkg_registry: Registry, real_data: Path) -> None:
    folder = real_data / "us-chicago-areas"
    load(gpkg_registry, str(folder / "police_districts.zip"), "DIST_NUM", "police")
    beats = geopandas.read_file(folder / "police_beats.zip").to_crs("EPSG:4490")
    points = beats.geometry.sample_points(12, rng=1).explode(index_parts=False)
    stated = beats["DISTRICT"].astype(int).astype(str).loc[points.index].to_numpy()
    table = pandas.DataFrame({"lon": points.x.to_numpy(), "lat": points.y.to_numpy()})

    wrong, unsure = caveats(Resolver(gpkg_registry).resolve_frame(table, **ASKED), "police", stated)

    assert unsure[wrong].all()
    assert wrong.mean() <= 0.001
    assert unsure[~wrong].mean() <= 0.10
