"""New York's community districts as areas of a line, against the board that 311 requests state."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pandas
import pytest
import shapely

from gis.editions import commit
from gis.read import read_frame
from gis.registry import Registry
from responsibility.batch import resolve_file
from responsibility.resolver import Resolver

BOROUGHS = {"MANHATTAN": 1, "BRONX": 2, "BROOKLYN": 3, "QUEENS": 4, "STATEN ISLAND": 5}
# What plain point in polygon reaches where a point lies in any district; the rest stand in the middle
# of a street between two boards.
AGREED = 0.9907


def agreement(answered: pandas.DataFrame) -> float:
    located = answered[answered["line:board"].notna()]
    assert len(located) > 5800
    return float((located["line:board"] == located["stated"]).mean())


@pytest.fixture(scope="module")
def requests(real_data: Path) -> pandas.DataFrame:
    """Read the requests that have coordinates and state a board, as ``stated``, 408 for 08 QUEENS."""
    table = pandas.read_csv(real_data / "us-nyc-311" / "311.csv.gz", dtype=str)
    table = table.dropna(subset=["Latitude", "Longitude"])
    table = table[~table["Community Board"].str.contains("Unspecified")]
    parts = table["Community Board"].str.extract(r"(?P<number>\d\d) (?P<borough>.+)")
    table["stated"] = parts["borough"].map(BOROUGHS).astype(str) + parts["number"]
    return table


@pytest.fixture
def boards(registry: Registry, real_data: Path) -> Registry:
    path = f"/vsigzip/{real_data / 'us-nyc-311' / 'community-districts.geojson.gz'}"
    districts = geopandas.read_file(path)
    districts["code"] = districts["BoroCD"].astype(int).astype(str)
    # Two parts of one district are one area.
    areas = districts.dissolve("code").reset_index()[["code", "geometry"]].to_crs("EPSG:4490")
    commit(registry, "areas", areas.assign(line="board", name=areas["code"], in_scope=True))
    return registry


def test_the_board_found_is_the_board_stated(boards: Registry, requests: pandas.DataFrame) -> None:
    answered = Resolver(boards).resolve_frame(requests)

    assert agreement(answered) >= AGREED
    assert set(answered["location_status"]) <= {"inside", "near_boundary", "gap_snapped", "outside"}
    assert answered["unit_grid"].isna().all()


def test_feet_of_the_state_plane_give_the_same_boards_up_to_millimetres(
    boards: Registry, requests: pandas.DataFrame
) -> None:
    feet = {"lon": "X Coordinate (State Plane)", "lat": "Y Coordinate (State Plane)", "crs": "EPSG:2263"}
    in_feet, in_degrees = (Resolver(boards).resolve_frame(requests, **where) for where in (feet, {}))

    # The two columns of the source are 4 mm apart.
    other = in_feet["line:board"].fillna("") != in_degrees["line:board"].fillna("")
    edges = read_frame(boards, "areas").geometry.boundary.union_all()
    assert other.sum() <= 1
    assert (shapely.distance(in_degrees.geometry[other].to_numpy(), edges) < 1e-8).all()
    assert agreement(in_feet) >= AGREED - 1 / len(requests)


def test_a_file_of_requests_is_answered_like_the_frame(
    boards: Registry, requests: pandas.DataFrame, tmp_path: Path
) -> None:
    requests.to_csv(tmp_path / "311.csv", index=False)

    result = resolve_file(boards, tmp_path / "311.csv", tmp_path / "boards.csv")

    answered = pandas.read_csv(tmp_path / "boards.csv", dtype=str)
    assert (result.answered, result.invalid) == (len(requests), 0)
    assert agreement(answered) >= AGREED
    assert list(answered.columns[: len(requests.columns)]) == list(requests.columns)
