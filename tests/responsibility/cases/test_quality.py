"""Quality figures: the shares that counting row by row gives."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace as Town
from typing import Any

import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import commit
from gis.errors import UsageError
from gis.registry import Registry
from responsibility import batch_sources
from responsibility.batch import resolve_file
from responsibility.cases.quality import GROUPS, INVALID, quality_of_cases, quality_of_file, write_quality
from responsibility.model import Decision

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "小类": st.sampled_from([None, "0101", "0102"]),
            "decision": st.sampled_from([None, *map(str, Decision)]),
            "street": st.sampled_from([None, "500199001", "500199002"]),
            "acting": st.sampled_from([None, "A", "B"]),
            "reason_code": st.sampled_from(["question.invalid", "rule.fixed"]),
        }
    ),
    min_size=1,
    max_size=40,
)


def test_every_decision_is_counted_somewhere() -> None:
    assert set(GROUPS) == set(map(str, Decision))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_figures_are_those_of_counting_each_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, rows: list[dict[str, Any]]
) -> None:
    monkeypatch.setattr(batch_sources, "CHUNK", 7)
    path, frame = tmp_path / f"answers{suffix}", pandas.DataFrame(rows, dtype=object)
    if suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.astype("string").to_parquet(path)

    found = quality_of_file(path, class_column="小类")

    groups = [INVALID if row["decision"] is None else GROUPS[row["decision"]] for row in rows]
    assert found.total == Counter(groups)
    for way, column in {
        "classes": "小类",
        "streets": "street",
        "units": "acting",
        "rules": "reason_code",
    }.items():
        expected: dict[str, Counter[str]] = {}
        for row, group in zip(rows, groups, strict=True):
            expected.setdefault(row[column] or "-", Counter())[group] += 1
        assert found.ways[way] == expected


def test_a_batch_and_its_figures(own_city: Registry, town: Town, tmp_path: Path) -> None:
    places = [0.5, 1.5, 2.5, 3.5, 9.0]
    rows = [dict(zip(("lon", "lat"), town.xy(at), strict=True)) | {"class": "0101"} for at in places]
    pandas.DataFrame([*rows, {"lon": None, "lat": None, "class": "0101"}]).to_csv(
        tmp_path / "in.csv", index=False
    )
    resolve_file(own_city, tmp_path / "in.csv", tmp_path / "out.csv", columns={"class_column": "class"})

    found = quality_of_file(tmp_path / "out.csv", class_column="class")

    written = pandas.read_csv(tmp_path / "out.csv", dtype=str, encoding="utf-8-sig")
    assert found.total == Counter(written["decision"].map(GROUPS).fillna(INVALID))
    assert found.to_dict()["total"]["answers"] == 6
    assert found.to_dict()["total"][INVALID] == {"count": 1, "share": 0.1667}


def test_past_cases_are_counted_by_row_of_the_case_table(
    own_city: Registry, case_rows: Callable[..., Any], tmp_path: Path
) -> None:
    matter = {"kind": "matter"}
    commit(own_city, "cases", case_rows(("C1", 0.5, "0101", matter), ("C2", 3.5, "0101", matter)))

    found = quality_of_cases(own_city)

    assert dict(found.total) == {"automatic": 2}
    assert dict(found.ways["rules"]) == {"rule.fixed matter 2013 0101 #1": Counter(automatic=2)}
    assert set(found.ways["streets"]) == {"500199001", "500199002"}
    for suffix in (".json", ".csv", ".html"):
        write_quality(found, tmp_path / f"quality{suffix}")
    assert json.loads((tmp_path / "quality.json").read_text("utf-8")) == found.to_dict()
    with (tmp_path / "quality.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert (table[0]["by"], table[0]["answers"], table[0]["automatic_share"]) == ("all", "2", "1.0")
    assert "自动定责" in (tmp_path / "quality.html").read_text("utf-8")


@pytest.mark.parametrize("content", ["decision,street\ndecided,1\n", "a\n1\n"])
def test_other_files_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(content, "utf-8")

    with pytest.raises(UsageError):
        quality_of_file(path)


def test_a_decision_that_does_not_exist_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("decision,street,acting,reason_code\nperhaps,1,A,rule.fixed\n", "utf-8")

    with pytest.raises(UsageError, match="perhaps"):
        quality_of_file(path)
