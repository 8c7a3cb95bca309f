"""Profiles: names and files, and which zone evidence points to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import UsageError
from grids.proposals.profile import DEFAULT_SIZES, Evidence, SizeRange, Zone, load_profile


@pytest.mark.parametrize(
    ("evidence", "zone"),
    [
        (Evidence(3e5), Zone.ORDINARY),
        (Evidence(3e6), Zone.OUTSKIRTS),
        (Evidence(9e6), Zone.RURAL),
        (Evidence(3e5, built_share=0.3), Zone.CORE),
        (Evidence(3e5, built_share=0.01), Zone.ORDINARY),
        (Evidence(3e6, built_share=0.13), Zone.ORDINARY),
        (Evidence(3e6, built_share=0.05), Zone.OUTSKIRTS),
        (Evidence(3e6, built_share=0.01), Zone.RURAL),
        (Evidence(3e5, road_km_per_km2=15.0), Zone.CORE),
        (Evidence(3e5, road_km_per_km2=0.3), Zone.ORDINARY),
        (Evidence(3e6, road_km_per_km2=5.0), Zone.ORDINARY),
        (Evidence(3e6, road_km_per_km2=2.0), Zone.OUTSKIRTS),
        (Evidence(3e6, road_km_per_km2=0.2), Zone.RURAL),
        (Evidence(3e5, built_share=0.05, road_km_per_km2=20.0), Zone.ORDINARY),
        (Evidence(3e5, built_share=0.3, water_share=0.6), Zone.RURAL),
        (Evidence(3e5, water_share=0.0), Zone.ORDINARY),
    ],
)
def test_the_zone_follows_the_evidence(evidence: Evidence, zone: Zone) -> None:
    choice = load_profile(None).choose("500113001002", evidence)
    assert choice.zone is zone
    assert str(choice.why)


@pytest.mark.parametrize("zone", Zone)
def test_a_zone_can_be_named_for_all(zone: Zone) -> None:
    assert load_profile(str(zone)).choose("1", Evidence(9e6)).zone is zone


def test_a_file_changes_sizes_and_zones(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(
        'zone = "core"\n[sizes.core]\nsmallest = 3000\ntarget = 6000.0\nlargest = 9000\n'
        '[communities]\n"500113001002" = "rural"\n'
    )
    profile = load_profile(str(path))
    assert profile.sizes[Zone.CORE] == SizeRange(3000, 6000, 9000)
    assert profile.sizes[Zone.RURAL] == DEFAULT_SIZES[Zone.RURAL]
    assert profile.choose("500113001002", Evidence(1e5)).zone is Zone.RURAL
    assert profile.choose("500113001003", Evidence(1e5)).zone is Zone.CORE


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("zone = ", "profile.toml"),
        ('zone = "inner"', "inner"),
        ("size = 3", "size"),
        ("sizes = 3", "sizes"),
        ("[sizes.inner]\nsmallest = 1", "inner"),
        ("[sizes.core]\nsmallest = 3000\ntarget = 6000", "sizes.core"),
        ("[sizes.core]\nsmallest = 3000\ntarget = 2000\nlargest = 9000", "sizes.core"),
        ("[sizes.core]\nsmallest = 900\ntarget = 2000\nlargest = 9000", "sizes.core"),
        ("[sizes.core]\nsmallest = 5000\ntarget = 6000\nlargest = 7000", "sizes.core"),
        ('[sizes.core]\nsmallest = "5000"\ntarget = 6000\nlargest = 20000', "sizes.core"),
        ('[communities]\n"1" = "inner"', "inner"),
    ],
)
def test_a_faulty_profile_is_refused_with_what_is_wrong(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as refused:
        load_profile(str(path))
    assert named in str(refused.value)
    assert refused.value.field == "--profile"


def test_a_profile_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="downtown") as refused:
        load_profile("downtown")
    assert "core" in str(refused.value.expected)


@settings(deadline=None, max_examples=200)
@given(st.floats(1, 1e8), st.sampled_from(list(Zone)))
def test_the_number_of_parts_keeps_their_mean_in_range(area: float, zone: Zone) -> None:
    sizes = DEFAULT_SIZES[zone]
    count = sizes.parts(area)
    assert count >= 1
    assert area / count <= sizes.largest
    assert count == 1 or area / count >= sizes.smallest
