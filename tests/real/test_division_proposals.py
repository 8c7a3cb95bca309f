"""Division proposals for real communities: Hangzhou's districts of Xiacheng and Xihu, Wuhan's Xujiapeng."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from grids.proposals.inputs import LINES, POLYGONS, read_communities, read_features
from grids.proposals.profile import load_profile
from grids.proposals.proposals import Proposals, propose
from grids.proposals.request import Communities, Request


def silent(*_: object) -> None:
    return None


def assert_good(proposals: Proposals) -> None:
    """Tiling, nesting and the rest are checked, and raised, by ``propose`` itself."""
    whole = proposals.quality.whole
    assert whole.share_in_range >= 0.8
    assert whole.compactness > 0.6
    small = np.flatnonzero(proposals.quality.area_m2 < 1_000)
    assert all(proposals.quality.remarks[at] is not None for at in small)


def test_xiacheng_with_its_main_roads(real_data: Path) -> None:
    folder = real_data / "cn-hangzhou-xiacheng-grid"
    communities = read_communities([folder / "community.geojson"]).accepted(partial=False)
    roads, _ = read_features(folder / "roads.geojson", LINES, communities.geometries, "--roads")
    proposals = propose(Request(communities, roads=roads), silent)
    assert_good(proposals)
    assert len(communities) == 75
    assert 1_500 < len(proposals) < 3_000
    assert (proposals.quality.area_m2 >= 1_000).all()


def test_xihu_without_roads(real_data: Path) -> None:
    """A sixth of its communities, towns and hill villages alike."""
    path = real_data / "cn-hangzhou-xihu-grid" / "community.geojson"
    delivered = read_communities([path], fields={"code": "xzqhbm", "name": "cunshe"})
    everything = delivered.accepted(partial=True)
    assert {finding.code for finding in delivered.findings} == {"F11", "G01", "G13"}
    chosen = np.arange(len(everything)) % 6 == 0
    proposals = propose(Request(everything.take(chosen)), silent)
    assert_good(proposals)
    assert len({row.zone for row in proposals.quality.communities}) == 3


def test_wuhan_cuts_no_building(real_data: Path) -> None:
    folder = real_data / "cn-wuhan-xujiapeng"
    communities = read_communities([folder / "community.json"], fields={"code": "Name"}).accepted(
        partial=False
    )
    buildings = np.concatenate(
        [
            read_features(folder / name, POLYGONS, communities.geometries, "--buildings")[0]
            for name in ("building_shuianxingcheng.json", "building_hubeidaxue.json")
        ]
    )
    within = Communities(communities.codes, communities.names, communities.geometries)
    proposals = propose(Request(within, buildings=buildings, profile=load_profile("core")), silent)
    assert_good(proposals)
    assert proposals.quality.whole.borders.wall > 0
    assert _cut(buildings, proposals, communities) == 0


def _cut(buildings: np.ndarray, proposals: Proposals, communities: Communities) -> int:
    """Count buildings inside one community that have a noticeable share in two proposals."""
    sound = shapely.make_valid(buildings)
    inside = shapely.covers(communities.geometries[:, None], sound[None, :]).any(axis=0)
    sound = sound[inside]
    building, grid = shapely.STRtree(proposals.division.degrees).query(sound, predicate="intersects")
    square_metre = 1e-10  # degrees², about
    shares = shapely.area(shapely.intersection(sound[building], proposals.division.degrees[grid]))
    return int((np.bincount(building[shares > 0.1 * square_metre]) > 1).sum())
