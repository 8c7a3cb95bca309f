"""Areas drawn apart from the unit grids, related to them by the ground they share."""

from __future__ import annotations

import geopandas
import numpy as np
import pandas
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.crs import geodesic_area
from gis.editions import commit
from gis.errors import UsageError
from grids.shares import COLUMNS, area_shares, shared_ground

UNIT = 0.001


def box(column: float, width: float = 1, row: float = 0, height: float = 1) -> shapely.Polygon:
    west, south = 106.5 + column * UNIT, 29.4 + row * UNIT
    return shapely.box(west, south, west + width * UNIT, south + height * UNIT)


@pytest.fixture
def city(registry):
    codes = [f"50011300100100{n}" for n in range(1, 4)]
    commit(registry, "grids", frame({"code": codes}, [box(n) for n in range(3)]))
    return registry


def frame(columns, geometries) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(pandas.DataFrame(columns), geometry=geometries, crs=4490)


def test_shares_of_governance_grids(city) -> None:
    rows = {"line": ["综治", "综治", "党建"], "code": ["W-1", "W-2", "D-1"]}
    areas = [box(0, 1.25), box(1.25, 0.75), box(2.5, 1)]
    commit(city, "governance-grids", frame(rows, areas))
    shares = area_shares(city, "governance-grids")
    assert tuple(shares.columns) == COLUMNS
    assert shares[["line", "code", "unit_grid"]].to_numpy().tolist() == [
        ["党建", "D-1", "500113001001003"],
        ["综治", "W-1", "500113001001001"],
        ["综治", "W-1", "500113001001002"],
        ["综治", "W-2", "500113001001002"],
    ]
    assert shares["share_of_group"].to_numpy() == pytest.approx([0.5, 0.8, 0.2, 1.0])
    assert shares["share_of_unit_grid"].to_numpy() == pytest.approx([0.5, 1.0, 0.25, 0.75])
    whole = geodesic_area(np.array([box(0)], dtype=object))[0]
    assert shares["area_m2"].to_numpy() == pytest.approx(np.array([0.5, 1.0, 0.25, 0.75]) * whole)
    assert area_shares(city, "governance-grids", "党建")["code"].tolist() == ["D-1"]


def test_slivers_are_left_out_and_can_be_asked_for(city) -> None:
    commit(city, "areas", frame({"line": ["绿化"], "code": ["A-1"]}, [box(0, 1 + 1e-6)]))
    assert area_shares(city, "areas")["unit_grid"].tolist() == ["500113001001001"]
    assert len(area_shares(city, "areas", smallest_m2=0)) == 2


def test_invalid_areas_are_measured_on_valid_copies(city) -> None:
    west, south, east, north = box(0).bounds
    bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    commit(city, "governance-grids", frame({"line": ["综治"], "code": ["W-1"]}, [bow]))
    (share,) = area_shares(city, "governance-grids")["share_of_unit_grid"]
    assert share == pytest.approx(0.5, abs=1e-4)


def test_without_areas_or_unit_grids_there_are_no_shares(registry) -> None:
    assert len(area_shares(registry, "governance-grids")) == 0
    commit(registry, "management-grids", frame({"code": ["M"]}, [box(0)]))
    shares = area_shares(registry, "management-grids")
    assert (len(shares), tuple(shares.columns)) == (0, COLUMNS)


@pytest.mark.parametrize(
    ("dataset", "line", "field"),
    [("organisations", None, "DATASET"), ("grids", None, "DATASET"), ("management-grids", "环卫", "--line")],
)
def test_what_has_no_shares_is_refused(gpkg_registry, dataset, line, field) -> None:
    with pytest.raises(UsageError) as refused:
        area_shares(gpkg_registry, dataset, line)
    assert refused.value.field == field


CORNER = st.tuples(st.floats(0, 4), st.floats(0, 4))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(CORNER, min_size=3, max_size=6), max_size=5), st.sets(st.integers(0, 15)))
def test_shared_ground_is_that_of_every_pair(outlines, cells) -> None:
    """Against the plain loop over all pairs."""
    hulls = (shapely.MultiPoint(points).convex_hull for points in outlines)
    scale = 106.5 + 29.4j
    groups = [
        shapely.transform(hull, lambda c: c * UNIT + [scale.real, scale.imag])
        for hull in hulls
        if hull.geom_type == "Polygon"
    ]
    units = [box(cell % 4, row=cell // 4) for cell in sorted(cells)]
    group, unit, area = shared_ground(
        *(np.array([*some, None], dtype=object)[:-1] for some in (groups, units))
    )
    expected = {
        (g, u): common
        for g, first in enumerate(groups)
        for u, second in enumerate(units)
        if (common := geodesic_area(np.array([first.intersection(second)], dtype=object))[0]) > 1e-6
    }
    found = {(g, u): a for g, u, a in zip(group, unit, area, strict=True) if a > 1e-6}
    assert found.keys() == expected.keys()
    assert [found[pair] for pair in expected] == pytest.approx(list(expected.values()), rel=1e-6, abs=1e-6)
