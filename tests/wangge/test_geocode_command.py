"""Geocoding from the command line and from Python."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import pandas as pd
import pytest
import shapely

from gis.editions import commit
from gis.registry import open_registry
from wangge.city import City
from wangge.cli import run


@pytest.fixture
def url(registry_url: str) -> str:
    rows = [
        {
            "code": f"D{street}{plate}",
            "address": f"巴南区{name}{plate}号",
            "geometry": shapely.Point(106.5 + plate / 1000, 29.4 + street / 100),
        }
        for street, name in enumerate(("尚文大道", "学府路", "箭河路"))
        for plate in range(1, 10)
    ]
    with open_registry(registry_url) as registry:
        commit(registry, "addresses", geopandas.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4490"))
    return registry_url


def test_one_text(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["geocode", "尚文大道八號", "--registry", url, "--json"]) == 0
    best = json.loads(capsys.readouterr().out)[0]
    assert (best["code"], best["level_number"], best["crs"]) == ("D08", 8, "EPSG:4490")


def test_nothing_found_is_exit_5(url: str) -> None:
    assert run(["geocode", "今天天气很好", "--registry", url]) == 5


@pytest.mark.parametrize(
    "arguments", [[], ["尚文大道8号", "--in", "x.csv", "--out", "y.csv"], ["--in", "x.csv"], [""]]
)
def test_wrong_usage_is_exit_2(url: str, arguments: list[str]) -> None:
    assert run(["geocode", *arguments, "--registry", url]) == 2


def test_file(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("编号,地址\n1,尚文大道8号\n2,今天天气很好\n", "utf-8")
    assert run(["geocode", "--in", str(source), "--out", str(target), "--registry", url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["found"], told["nothing"]) == (2, 1, 1)
    answers = pd.read_csv(target, dtype=str)
    assert list(answers.columns[:2]) == ["编号", "地址"]
    assert answers["code"].tolist()[0] == "D08"


def test_missing_column_writes_nothing(url: str, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("编号,甲\n1,尚文大道8号\n", "utf-8")
    assert run(["geocode", "--in", str(source), "--out", str(target), "--registry", url]) == 2
    assert not target.exists()


def test_python(url: str) -> None:
    with City(open_registry(url)) as city:
        assert city.geocode("尚文大道8号")[0].code == "D08"
        assert city.geocode_series(pd.Series(["学府路3号"]))["code"].tolist() == ["D13"]
