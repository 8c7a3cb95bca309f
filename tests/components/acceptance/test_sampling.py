"""The sample: the same for the same seed, drawn from every stratum, and written for the inspectors."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from components.acceptance.sampled import read_sample, sampled, write_sample
from components.acceptance.sampling import Sample, default_size, draw
from components.acceptance.strata import SheetList, Stratum, survey_sheets
from gis.errors import DataRefused, UsageError
from gis.importing import ImportOptions
from gis.registry import Registry


def sheets(counts: list[int], expected: list[bool] | None = None) -> SheetList:
    """Make sheets in a row, a square kilometre of ground each."""
    west = 106 + np.arange(len(counts)) * 0.01
    squares = shapely.box(west, 29, west + 0.01, 29.01)
    shapes = shapely.multipolygons(squares, indices=np.arange(len(counts)))
    codes = np.array([f"{at:03d}.00-0.00" for at in range(len(counts))] + [None], dtype=object)[:-1]
    known = np.array(counts) > 0 if expected is None else np.array(expected)
    return SheetList(
        np.full(len(counts), "500", dtype=object),
        codes,
        np.asarray(shapes, dtype=object),
        np.array(counts, dtype=np.int64),
        np.ones(len(counts)),
        known,
    )


def codes(sample: Sample) -> list[str]:
    return sample.sheets.codes[sample.chosen].tolist()


def test_a_sample_is_the_same_on_every_machine() -> None:
    """The order is that of SHA-256, not of a random number generator: it was worked out apart."""
    drawn = draw(sheets([*range(1, 30), 0], [True] * 30), "2026", number=6)
    assert [code[:3] for code in codes(drawn)] == ["003", "004", "011", "018", "023", "029"]
    assert codes(drawn) == codes(draw(sheets([*range(1, 30), 0], [True] * 30), "2026", number=6))
    assert codes(drawn) != codes(draw(sheets([*range(1, 30), 0], [True] * 30), "2027", number=6))


COUNTS = st.lists(st.integers(0, 5), min_size=1, max_size=60)


@settings(max_examples=100, deadline=None)
@given(COUNTS, st.lists(st.booleans(), min_size=60, max_size=60), st.text(max_size=5), st.data())
def test_only_sheets_with_something_to_find_are_drawn_and_every_stratum_is_in(
    counts: list[int], ground: list[bool], seed: str, data: st.DataObject
) -> None:
    expected = [count > 0 or there for count, there in zip(counts, ground, strict=False)]
    listed = sheets(counts, expected)
    eligible = sum(expected)
    if not eligible:
        with pytest.raises(DataRefused):
            draw(listed, seed)
        return
    number = data.draw(st.integers(1, eligible))
    sample = draw(listed, seed, number=number)
    assert len(set(sample.chosen.tolist())) == len(sample.chosen) == number
    assert all(expected[at] for at in sample.chosen)
    there = {stratum for stratum in sample.strata if stratum is not None}
    drawn = set(sample.strata[sample.chosen])
    assert len(drawn) == min(number, len(there))
    if number >= 2 and {Stratum.DENSE, Stratum.EMPTY} <= there:
        assert {Stratum.DENSE, Stratum.EMPTY} <= drawn
    for stratum, (total, taken) in sample.counts().items():
        share = number * total / eligible
        assert taken <= max(1, np.ceil(share))
        assert number < len(there) or taken >= 1, stratum


def test_strata_are_thirds_by_density() -> None:
    strata = sheets([0, 0, 1, 2, 3, 4, 5, 6], [True, False, *[True] * 6]).strata()
    expected = [Stratum.EMPTY, None, *[Stratum.SPARSE] * 2, *[Stratum.MEDIUM] * 2, *[Stratum.DENSE] * 2]
    assert strata.tolist() == expected


@pytest.mark.parametrize(
    ("there", "drawn"),
    [(1, 1), (3, 3), (20, 3), (21, 5), (61, 9), (100, 10), (200, 15), (201, 21), (400, 30), (401, 36)],
)
def test_without_a_number_the_sample_is_as_large_as_batches_ask_for(there: int, drawn: int) -> None:
    """201 sheets are two batches of 100 and 101, with 10 and 11; 401 are three, with 12 each."""
    assert default_size(there) == drawn


@pytest.mark.parametrize(("percent", "drawn"), [(10, 3), (11, 4), (100, 30), (0.1, 1)])
def test_a_percentage_is_rounded_up(percent: float, drawn: int) -> None:
    assert len(draw(sheets([1] * 30), "1", percent=percent).chosen) == drawn


@pytest.mark.parametrize(
    "asked", [{"number": 0}, {"number": 31}, {"percent": 0}, {"percent": 101}, {"number": 1, "percent": 1}]
)
def test_an_impossible_number_of_sheets_is_refused(asked: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        draw(sheets([1] * 30), "1", **asked)


def test_components_and_ground_are_measured_sheet_by_sheet() -> None:
    squares = shapely.multipolygons(
        shapely.box([106, 106.01, 106.02], 29, [106.01, 106.02, 106.03], 29.01), indices=[0, 1, 2]
    )
    frame = gpd.GeoDataFrame({"scale": "500", "code": ["a", "b", "c"]}, geometry=squares, crs="EPSG:4490")
    points = [shapely.points([106.005, 106.01], [29.005, 29.005]), np.array([shapely.Point(1, 1), None])]
    surveyed = survey_sheets(frame, points, np.array([shapely.box(106.02, 29, 106.0215, 29.01)]))
    assert surveyed.components.sum() == 2
    assert surveyed.components[2] == 0
    assert surveyed.ground_km2[2] == pytest.approx(0.15 * 1.08, rel=0.01)
    assert surveyed.expected.tolist() == [True, bool(surveyed.components[1]), True]
    nothing_known = survey_sheets(frame, points, np.zeros(0, dtype=object))
    assert nothing_known.expected.tolist() == (surveyed.components > 0).tolist()
    little = np.array([shapely.box(106.02, 29, 106.0205, 29.01)])
    assert not survey_sheets(frame, points, little).expected[2]


def test_a_sample_that_was_written_is_read_again(gpkg_registry: Registry, tmp_path: Path) -> None:
    sample = draw(sheets([*range(1, 30), 0], [True] * 30), "种子 7", number=6)
    for suffix in (".gpkg", ".csv", ".json"):
        write_sample(sample, tmp_path / f"sample{suffix}")
    read = read_sample(gpkg_registry, tmp_path / "sample.gpkg", ImportOptions())
    wanted = sampled(sample)
    assert read.codes.tolist() == wanted.codes.tolist()
    assert read.scales.tolist() == wanted.scales.tolist()
    assert read.strata.tolist() == wanted.strata.tolist()
    assert read.seed == "种子 7"
    assert shapely.equals(read.geometries, wanted.geometries).all()
    styles = pyogrio.read_dataframe(tmp_path / "sample.gpkg", layer="layer_styles")
    assert styles["f_table_name"].tolist() == ["sample_sheets"]
    listed = (tmp_path / "sample.csv").read_text("utf-8-sig").splitlines()
    assert len(listed) == 7
    document = json.loads((tmp_path / "sample.json").read_bytes())
    assert [row["code"] for row in document["drawn"]] == wanted.codes.tolist()


def test_a_sample_is_written_in_known_formats_only(tmp_path: Path) -> None:
    sample = draw(sheets([1]), "1")
    with pytest.raises(UsageError):
        write_sample(sample, tmp_path / "sample.shp")
    with pytest.raises(UsageError):
        write_sample(sample, tmp_path / "nowhere" / "sample.csv")
    assert list(tmp_path.iterdir()) == []


def test_sheets_of_two_scales_are_no_sample(gpkg_registry: Registry, tmp_path: Path) -> None:
    squares = shapely.box([106, 106.01], 29, [106.01, 106.02], 29.01)
    rows = {"code": ["10.00-21.00", "10.0-21.0"], "scale": ["500", "1000"]}
    gpd.GeoDataFrame(rows, geometry=squares, crs=4490).to_file(tmp_path / "sheets.gpkg")
    with pytest.raises(DataRefused) as refused:
        read_sample(gpkg_registry, tmp_path / "sheets.gpkg", ImportOptions())
    assert refused.value.value == "1:500, 1:1000"
