"""Codes and names of the past find what stands for them today."""

from __future__ import annotations

import pytest

from gis.editions import commit_changes
from gis.registry import Registry
from grids.past.retirements import Operation, Retirement, retirement_change
from web.search import search

RECORDS = (
    Retirement("divisions", "500198", Operation.MERGE, ("500199",), "旧杉区", ("老杉县",), date="2021-04-09"),
    Retirement("divisions", "500198001", Operation.RECODE, ("500198002",), "松塘镇"),
    Retirement("divisions", "500198002", Operation.MERGE, ("500199001",), "松塘乡"),
    Retirement("grids", "500199001001090", Operation.SPLIT, ("500199001001001", "500199001001002")),
    Retirement("divisions", "500197", Operation.ABOLISH, name="无后区"),
    Retirement("divisions", "500199", Operation.RENAME, name="原名区"),
)


@pytest.fixture
def history(city: Registry) -> Registry:
    commit_changes(city, [retirement_change(RECORDS)], operation="import")
    return city


def found(registry: Registry, text: str) -> list[tuple[str, str | None]]:
    return [(result.kind, result.code) for result in search(registry, text)]


def test_an_old_code_finds_the_division_that_followed(history: Registry) -> None:
    first = search(history, "500198")[0]
    assert (first.kind, first.code, first.name) == ("division", "500199", "青杉区")
    assert first.detail == "区县 500198（旧杉区） 已于 2021-04-09 并入 500199"
    assert first.bbox is not None


def test_chains_are_followed_and_told(history: Registry) -> None:
    (result,) = search(history, "500198001")
    assert (result.code, result.detail) == (
        "500199001",
        "街道 500198001（松塘镇） 已换码为 500198002；现为 500199001",
    )


def test_an_old_grid_finds_all_that_followed(history: Registry) -> None:
    assert found(history, "500199001001090") == [("grid", "500199001001001"), ("grid", "500199001001002")]


@pytest.mark.parametrize("text", ["旧杉区", "老杉县", "旧杉"])
def test_names_of_the_past_find_what_followed(history: Registry, text: str) -> None:
    assert found(history, text) == [("division", "500199")]


@pytest.mark.parametrize("text", ["500197", "无后区", "原名区", "former_names"])
def test_what_has_no_successor_or_is_no_name_finds_nothing(history: Registry, text: str) -> None:
    assert found(history, text) == []


def test_what_is_live_comes_once(history: Registry) -> None:
    """The beginning that old and new codes share finds every live thing once."""
    results = found(history, "50019900100100")
    assert results.count(("grid", "500199001001001")) == 1
    assert found(history, "松塘").count(("division", "500199001")) == 1


@pytest.mark.parametrize("text", ["50019900100101", "01010150019900100101"])
def test_codes_of_older_forms_find_their_grid(history: Registry, text: str) -> None:
    (result,) = search(history, text)
    assert (result.code, result.detail) == ("500199001001001", "旧版单元网格编码")
    assert found(history, text[:-2] + "90") == [("grid", "500199001001001"), ("grid", "500199001001002")]
