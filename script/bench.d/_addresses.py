"""Hong Kong's official addresses as rows of a registry, and in parts for the noise model."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
from _noise import Row, row_of

from gis.editions import commit
from gis.registry import Registry

TRAINING = ("中西區", "離島區", "葵青區", "南區", "屯門區", "灣仔區")
"""Districts whose addresses the score was fitted to; it is measured on the others."""


def read_addresses() -> pd.DataFrame:
    """Return addresses with ``text``, ``lon``, ``lat``, ``district`` and ``row`` (the parts)."""
    data = os.environ.get("WANGGE_TEST_DATA")
    if data is None:
        raise SystemExit("Say where the data is: WANGGE_TEST_DATA=…/shared/data")
    files = sorted((Path(data) / "hk-address-osm" / "address").glob("*.csv.gz"))
    frame = pd.concat(
        [pd.read_csv(one, dtype=str, keep_default_na=False) for one in files], ignore_index=True
    )
    rows = [
        _row(one)
        for one in frame.filter(like="Chi_").rename(columns=lambda name: name[4:]).to_dict("records")
    ]
    return pd.DataFrame(
        {
            "row": rows,
            "text": [row.text for row in rows],
            "lon": frame["Longitude"].astype(float),
            "lat": frame["Latitude"].astype(float),
            "district": frame["Chi_District"],
        }
    )


def fill(registry: Registry, addresses: pd.DataFrame) -> None:
    """Put addresses into a registry."""
    codes = [f"810000000{number:08d}" for number in range(len(addresses))]
    rows = pd.DataFrame({"code": codes, "address": addresses["text"].to_numpy()})
    points = geopandas.points_from_xy(addresses["lon"], addresses["lat"])
    commit(registry, "addresses", geopandas.GeoDataFrame(rows, geometry=points, crs="EPSG:4490"))


def characters(addresses: pd.DataFrame) -> str:
    """Return the Chinese characters of addresses as often as they are there."""
    return "".join(one for one in "".join(addresses["text"]) if "\u4e00" <= one <= "\u9fff")


def elsewhere(part: str) -> list[str]:
    """Return addresses of the mainland: the characters of the first column, a blank line between texts."""
    path = Path(os.environ["WANGGE_TEST_DATA"]) / "cn-address-parsing" / f"{part}.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = "".join(line.split(" ")[0].strip() or "\n" for line in lines).split("\n")
    return [text for text in texts if text]


def metres(addresses: pd.DataFrame, rows: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return how far points are from addresses."""
    east = (addresses["lon"].to_numpy()[rows] - lon) * 111_320 * np.cos(np.radians(22.35))
    return np.asarray(np.hypot(east, (addresses["lat"].to_numpy()[rows] - lat) * 110_750))


def _row(parts: dict[str, str]) -> Row:
    kind = "Village" if parts["VillageName"] else "Street"
    numbers = (parts[f"{kind}BuildingNoFrom"], parts[f"{kind}BuildingNoTo"])
    number = "-".join(one for one in numbers if one)
    phase = parts["PhaseName"] + (f"第{parts['PhaseNo']}期" if parts["PhaseNo"] else "")
    return row_of(
        (parts["Region"], parts["District"], parts[f"{kind}LocationName"]),
        parts[f"{kind}Name"],
        f"{number}號" if number else "",
        (parts["EstateName"] + phase, parts["BuildingName"], parts["BlockNo"] + parts["BlockDescriptor"]),
    )
