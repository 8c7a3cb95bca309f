"""The whole way, from a surveyor's files to answers, on both databases."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from gis.errors import UsageError
from wangge.demo.run import DemoResult, run_demo, summary


def test_all_sample_cases_are_right(city: DemoResult) -> None:
    assert city.wrong == []
    assert (city.right, city.cases) == (200, 200)


def test_the_clean_delivery_is_accepted_whole(city: DemoResult) -> None:
    for kind, report in city.imported.items():
        assert (report.rejected, report.errors) == (0, []), kind
        assert report.accepted > 0, kind
        assert report.edition is not None, kind


def test_the_faults_of_the_dirty_twin_are_found_as_they_were_seeded(city: DemoResult) -> None:
    listed = json.loads((city.directory / "faults.json").read_text("utf-8"))["faults"]
    expected: dict[str, Counter[str]] = {}
    for fault in listed:
        expected.setdefault(fault["dataset"], Counter())[fault["code"]] += 1
    found = {dataset: Counter(by_code) for dataset, by_code in city.faults.items()}
    for dataset, codes in found.items():
        assert codes == expected[dataset], dataset


def test_reports_of_the_dirty_twin_are_written(city: DemoResult) -> None:
    names = {path.name for path in (city.directory / "reports").iterdir()}
    assert {"grids.html", "grids.json", "components.html", "components.json"} <= names


def test_the_summary_says_what_was_found(city: DemoResult) -> None:
    told = summary(city)
    assert "200 件中 200 件" in told
    assert "G03" in told


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="不是示例城市"):
        run_demo(tmp_path, print, lambda _what: print)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_registry_with_data_is_left_alone(city_in_file: DemoResult, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="已有数据"):
        run_demo(tmp_path / "again", print, lambda _what: print, city_in_file.registry_url)
