"""Hong Kong's official addresses as rows of the dataset ``addresses``, with their parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas
import pandas as pd

from gis.editions import commit
from gis.registry import Registry

FOLDER = Path("hk-address-osm") / "address"


def load_hong_kong(registry: Registry, data: Path, districts: Sequence[str] = ()) -> int:
    """Commit the addresses of some districts, or of all twelve, as one edition.

    Parameters
    ----------
    registry : Registry
        Where to.
    data : pathlib.Path
        The folder of real data.
    districts : sequence of str
        As in the names of the files: ``eastern``, ``wan_chai`` …

    Returns
    -------
    int
        How many.
    """
    rows = hong_kong_addresses(data, districts)
    commit(registry, "addresses", rows, source="Hong Kong, Address Lookup Service, 2024-09")
    return len(rows)


def hong_kong_addresses(data: Path, districts: Sequence[str] = ()) -> geopandas.GeoDataFrame:
    """Read addresses; codes are issued, as one CSU_ID stands for all buildings of a lot."""
    files = [
        path
        for path in sorted((data / FOLDER).glob("als_addresses_*.csv.gz"))
        if not districts or path.name[len("als_addresses_") : -len(".csv.gz")] in districts
    ]
    read = [pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig") for path in files]
    source = pd.concat(read, ignore_index=True)
    parts = _parts(source)
    points = geopandas.points_from_xy(source["Longitude"].astype(float), source["Latitude"].astype(float))
    return geopandas.GeoDataFrame(parts.where(parts != "", None), geometry=points, crs="EPSG:4490")


def _parts(source: pd.DataFrame) -> pd.DataFrame:
    of = source.filter(like="Chi_").rename(columns=lambda name: name.removeprefix("Chi_"))
    village = of["VillageName"] != ""
    number = of["StreetBuildingNoFrom"] + of["VillageBuildingNoFrom"]
    until = of["StreetBuildingNoTo"] + of["VillageBuildingNoTo"]
    number = number.where(until == "", number + "-" + until)
    plate = number.where(number == "", number + "號")
    phase = of["PhaseName"] + of["PhaseNo"].where(of["PhaseNo"] == "", "第" + of["PhaseNo"] + "期")
    building = of["BuildingName"] + of["BlockNo"] + of["BlockDescriptor"]
    town = of["StreetLocationName"] + of["VillageLocationName"]
    named = of["StreetName"] + of["VillageName"]
    estate = of["EstateName"] + phase
    return pd.DataFrame(
        {
            "code": [f"810000000{at:08d}" for at in range(1, len(of) + 1)],
            "address": of["Region"] + of["District"] + town + named + plate + estate + building,
            "street_name": of["StreetName"],
            "number": plate,
            "building": building,
            "zone_name": estate.where(estate != "", of["VillageName"].where(village, "")),
            "district_name": of["District"],
            "town_name": town,
        }
    )
