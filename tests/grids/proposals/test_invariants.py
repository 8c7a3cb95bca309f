"""What holds for every proposal, on random communities, roads, buildings and compounds, by brute force."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from grids.proposals.proposals import Proposals


@dataclass(frozen=True)
class City:
    """A random town in metres."""

    communities: list[shapely.Polygon]
    roads: list[shapely.LineString]
    buildings: list[shapely.Polygon]
    compounds: list[shapely.Polygon]
    components: list[shapely.Point]


def random_city(seed: int, size: float) -> City:
    """Cut a rough disc into communities, lay roads and put buildings about."""
    rng = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, 17)[:-1]
    radius = size * rng.uniform(0.6, 1.0, 16)
    area = shapely.Polygon(np.column_stack([radius * np.cos(turn), radius * np.sin(turn)]))
    if rng.random() < 0.3:
        area = area.difference(shapely.Point(0, 0).buffer(size / 4, quad_segs=3))
    borders = [wavy(rng, size) for _ in range(rng.integers(0, 4))]
    faces = shapely.polygonize([shapely.union_all([area.boundary, *borders], grid_size=0.001)])
    inside = [face for face in faces.geoms if area.contains(face.representative_point())]
    communities = [face for face in inside if face.area > 2_000] or [area]
    roads = [wavy(rng, size) for _ in range(rng.integers(0, 9))]
    # Roads along borders as well, drawn a little beside them.
    roads += [shapely.affinity.translate(line, *rng.normal(0, 3, 2)) for line in borders]
    buildings = [box(rng, size, 8, 60) for _ in range(rng.integers(0, 60))]
    compounds = [box(rng, size, 60, 160) for _ in range(rng.integers(0, 3))]
    components = [shapely.Point(xy) for xy in rng.uniform(-size, size, (rng.integers(0, 200), 2))]
    return City(communities, roads, buildings, compounds, components)


def wavy(rng: np.random.Generator, size: float) -> shapely.LineString:
    """Return a bent line across the ground, in any direction, sometimes ending inside it."""
    along = np.linspace(-1.3 * size, 1.3 * size * rng.choice([0.2, 1.0], p=[0.3, 0.7]), 9)
    aside = rng.uniform(-size, size) + np.cumsum(rng.normal(0, size / 15, 9))
    angle = rng.uniform(0, np.pi)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return shapely.LineString(np.column_stack([along, aside]) @ turn)


def box(rng: np.random.Generator, size: float, small: float, large: float) -> shapely.Polygon:
    x, y = rng.uniform(-size, size, 2)
    width, depth = rng.uniform(small, large, 2)
    return shapely.affinity.rotate(shapely.box(x, y, x + width, y + depth), rng.choice([0.0, 30.0, 77.7]))


def propose_for(ground, city: City) -> Proposals:
    return ground.proposed(
        *city.communities,
        profile=None,
        roads=city.roads,
        buildings=city.buildings,
        compounds=city.compounds,
        components=city.components,
    )


def check(ground, city: City, proposals: Proposals) -> None:
    grids = ground.metres(proposals)
    community = proposals.division.community
    assert shapely.is_valid(grids).all()
    assert (shapely.get_type_id(grids) == shapely.GeometryType.POLYGON).all()
    assert shapely.coverage_is_valid(proposals.division.degrees)
    for at, whole in enumerate(city.communities):
        own = grids[community == at]
        union = shapely.union_all(own)
        assert union.symmetric_difference(whole).area < 0.001 * whole.length
        assert shapely.area(own).sum() == pytest.approx(union.area, abs=0.01)
    assert_nothing_is_cut(city, grids, community)
    small = shapely.area(grids) < 1_000
    assert all(proposals.quality.remarks[at] is not None for at in np.flatnonzero(small))


def assert_nothing_is_cut(city: City, grids: np.ndarray, community: np.ndarray) -> None:
    """No connected piece of a building within a community has a noticeable share in two proposals."""
    standing = shapely.union_all([*city.buildings, *city.compounds])
    for at, whole in enumerate(city.communities):
        for thing in [*city.buildings, *city.compounds]:
            for piece in shapely.get_parts(thing.intersection(whole)):
                shares = shapely.area(shapely.intersection(grids[community == at], piece))
                assert (shares > 0.05).sum() <= 1, standing.wkt[:0]


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), size=st.sampled_from([150.0, 400.0, 700.0]))
def test_proposals_tile_their_communities_and_cut_nothing(ground, seed: int, size: float) -> None:
    city = random_city(seed, size)
    check(ground, city, propose_for(ground, city))


@settings(deadline=None, max_examples=4)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_same_request_gives_the_same_proposals(ground, seed: int) -> None:
    city = random_city(seed, 400.0)
    first, second = propose_for(ground, city), propose_for(ground, city)
    assert shapely.to_wkb(first.division.degrees).tolist() == shapely.to_wkb(second.division.degrees).tolist()
    assert first.frame().drop(columns="geometry").equals(second.frame().drop(columns="geometry"))
