"""The surveyors' page: its commands run on the sample city and print what it shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from tests.wangge.conftest import CommandLine
from wangge.demo.run import DemoResult

DOCS = Path(__file__).resolve().parents[2] / "docs"
CHINESE, ENGLISH = "surveyors.zh-CN.md", "surveyors.md"
REJECTED = Path("first.rejected.gpkg")
LEFT_OUT = "…"


@dataclass
class Step:
    """A command of the page, and the lines that it shows of its output."""

    words: list[str]
    shown: list[str] = field(default_factory=list)


def steps_of(page: str) -> Iterator[Step]:
    text = (DOCS / page).read_text("utf-8")
    for block in re.findall(r"^ *```console\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
        step: Step | None = None
        for line in block.splitlines():
            if line.lstrip().startswith("$ "):
                yield from [] if step is None else [step]
                step = Step(shlex.split(line.lstrip()[2:]))
            elif step is not None and line.strip() != LEFT_OUT:
                step.shown.append(line.strip())
        yield from [] if step is None else [step]


def is_shown(line: str, printed: list[str]) -> bool:
    """Tell whether a line was printed, but for what is left out of it."""
    pattern = re.compile(".*".join(map(re.escape, line.split(LEFT_OUT))))
    return any(pattern.fullmatch(one.strip()) for one in printed)


def mend() -> None:
    """Do what the page says is to be done with the rows that were refused."""
    for layer, row, identifier in (
        ("01公用设施/0101上水井盖", 522, "5001130101000522"),
        ("01公用设施/0103雨水井盖", 463, "5001130103000463"),
        ("01公用设施/0131通信立杆", 88, "5001130131000088"),
    ):
        rows = gpd.read_file(REJECTED, layer=layer)
        rows.loc[rows["_in_row"] == row, "ObjID"] = identifier
        if rows.geometry.isna().all():
            rows["geometry"] = gpd.GeoSeries([shapely.Point(106.5451094, 29.4007761)], crs=4490)
        rows.to_file(REJECTED, layer=layer)


def follow(steps: list[Step], wangge: CommandLine, patch: pytest.MonkeyPatch, city: DemoResult) -> None:
    Path("wangge-demo").symlink_to(city.directory)
    for step in steps:
        program, *words = step.words
        if program == "export":
            patch.setenv(*words[0].split("=", 1))
            continue
        assert program == "wangge"
        if str(REJECTED) in words:
            mend()
        outcome = wangge(*words)
        printed = (outcome.out + outcome.err).splitlines()
        assert outcome.code in (0, 3), (words, outcome.err)
        for line in step.shown:
            assert is_shown(line, printed), (line, printed)


@pytest.mark.parametrize(("page", "locale"), [(CHINESE, "zh_CN.UTF-8"), (ENGLISH, "en_GB.UTF-8")])
def test_the_delivery_of_the_page_goes_as_the_page_says(
    page: str, locale: str, wangge: CommandLine, monkeypatch: pytest.MonkeyPatch, city_in_file: DemoResult
) -> None:
    monkeypatch.setenv("LANG", locale)
    follow(list(steps_of(page)), wangge, monkeypatch, city_in_file)
    written = {path.name for path in Path().iterdir()}
    assert {"report.html", "findings.gpkg", "findings.csv", "second.gpkg"} <= written


def test_both_pages_give_the_same_commands() -> None:
    def commands(page: str) -> list[list[str]]:
        return [[word for word in step.words if word.isascii()] for step in steps_of(page)]

    english = [[word for word in words if word != "resurvey"] for words in commands(ENGLISH)]
    assert english == commands(CHINESE)
    assert len(english) > 15


@pytest.mark.parametrize("page", [CHINESE, ENGLISH])
def test_pictures_and_pages_that_are_linked_are_there(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    linked = re.findall(r"\]\(([^)#:]+)", text)
    assert len([name for name in linked if name.endswith(".png")]) >= 4
    assert [name for name in linked if not (DOCS / name).is_file()] == []
