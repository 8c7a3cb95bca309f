"""Governance grids of a real district, related to unit grids by the ground they share."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from gis.crs import geodesic_area
from gis.editions import commit
from gis.importing import ImportOptions, run_import
from gis.read import read_frame
from gis.registry import Registry
from grids.imports import prepare_governance_grids
from grids.shares import area_shares

SIDE = 0.001


def test_every_governance_grid_is_shared_out_whole(gpkg_registry: Registry, real_data: Path) -> None:
    """Squares of about 100 m over the whole district stand for its unit grids, which were not published.

    An edge is straight in degrees where it is cut, and a geodesic where it is measured: parts and whole
    differ by up to 0.002 %.
    """
    source = real_data / "cn-hangzhou-xiacheng-grid" / "grid.geojson"
    options = ImportOptions()
    run_import(gpkg_registry, "governance-grids", [source], options, prepare_governance_grids)
    frame = read_frame(gpkg_registry, "governance-grids")
    squares = _squares(*frame.total_bounds)
    codes = [f"{330103001001000 + n:015d}" for n in range(1, len(squares) + 1)]
    commit(gpkg_registry, "grids", geopandas.GeoDataFrame({"code": codes}, geometry=squares, crs=4490))
    shares = area_shares(gpkg_registry, "governance-grids", smallest_m2=0)
    whole = shares.groupby("code")["share_of_group"].sum()
    assert set(whole.index) == set(frame["code"])
    assert whole.to_numpy() == pytest.approx(np.ones(len(whole)), abs=1e-4)
    area = shares.groupby("code")["area_m2"].sum().reindex(frame["code"]).to_numpy()
    sound = shapely.make_valid(np.array(frame.geometry.array), method="structure", keep_collapsed=False)
    assert area == pytest.approx(geodesic_area(sound), rel=1e-4)
    usual = area_shares(gpkg_registry, "governance-grids")
    assert len(usual) == (shares["area_m2"] >= 1).sum() < len(shares)


def _squares(west: float, south: float, east: float, north: float) -> list[shapely.Polygon]:
    columns, rows = np.meshgrid(np.arange(west, east, SIDE), np.arange(south, north, SIDE))
    return list(shapely.box(columns, rows, columns + SIDE, rows + SIDE).ravel())
