"""The last check: a division that breaks a rule is given up, whatever went wrong before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from gis.errors import WanggeError
from grids.proposals.constraints import check_constraints
from grids.proposals.division import Division

SQUARE = shapely.box(0, 0, 300, 300)
HOUSE = shapely.box(50, 50, 90, 90)


@pytest.fixture
def sound(ground):
    return ground.proposed(SQUARE, buildings=[HOUSE])


def changed(division: Division, degrees: np.ndarray) -> Division:
    kept = len(degrees)
    return replace(division, degrees=degrees, metres=division.metres[:kept], part=division.part[:kept])


def test_a_sound_division_passes(sound) -> None:
    check_constraints(sound.request, sound.division)


@pytest.mark.parametrize(
    "damage",
    [
        lambda last: [],
        lambda last: [shapely.affinity.translate(last, 1e-5, 0)],
        lambda last: [shapely.affinity.scale(last, 0.9, 0.9)],
        lambda last: [shapely.MultiPolygon([last])],
        lambda last: [shapely.Polygon([*last.exterior.coords[:-1], last.exterior.coords[1]])],
    ],
    ids=["missing", "moved", "shrunk", "multipart", "invalid"],
)
def test_a_damaged_proposal_is_given_up(ground, sound, damage) -> None:
    degrees = sound.division.degrees
    broken = ground.array([*degrees[:-1], *damage(degrees[-1])])
    with pytest.raises(WanggeError) as given_up:
        check_constraints(sound.request, changed(sound.division, broken))
    assert type(given_up.value) is WanggeError
    assert given_up.value.hint is not None


def test_a_building_in_two_proposals_is_given_up(ground, sound) -> None:
    division = sound.division
    across = ground.array([division.metres[0].buffer(10)])
    features = replace(division.ground.features, obstacles=across)
    with pytest.raises(WanggeError):
        check_constraints(
            sound.request, replace(division, ground=replace(division.ground, features=features))
        )


def test_a_proposal_in_the_wrong_community_is_given_up(ground) -> None:
    proposals = ground.proposed(SQUARE, shapely.box(300, 0, 500, 300))
    division = proposals.division
    swapped = replace(division, part=1 - division.part)
    with pytest.raises(WanggeError):
        check_constraints(proposals.request, swapped)
