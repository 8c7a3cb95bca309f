"""Composing addresses from the command line and from Python."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import geopandas
import pandas as pd
import pytest
import shapely

from gis.registry import open_registry
from tests.geocoding.reverse_city import at, fill
from wangge.city import City
from wangge.cli import run

HERE = [str(one) for one in at(100, 500)]
TEXT = "云渡区云岚街道尚文大道1号"


@pytest.fixture
def url(registry_url: str) -> str:
    with open_registry(registry_url) as registry:
        fill(registry)
    return registry_url


def test_one_point_for_people(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reverse", *HERE, "--registry", url, "--lang", "zh"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == TEXT
    assert "相距 15.0 米" in told[1]
    assert told[4:] == [
        "也可写作：",
        "  云渡区云岚街道尚文大道古槐社区第1网格  (0.0 m)",
        "  云渡区云岚街道古槐社区第1网格  (0.0 m)",
        "  云渡区云岚街道古槐社区  (0.0 m)",
    ]


def test_one_point_as_json_in_another_system(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reverse", *HERE, "--registry", url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["address"], told["pattern"], told["code"]) == (TEXT, "a", "D1")
    point = geopandas.GeoSeries([shapely.Point(at(100, 500))], crs=4490).to_crs(4524).iloc[0]
    given = [str(point.x), str(point.y), "--crs", "EPSG:4524"]
    assert run(["reverse", *given, "--registry", url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["address"] == TEXT


def test_nothing_near_is_exit_5(url: str) -> None:
    assert run(["reverse", "-73.9", "40.7", "--registry", url]) == 5
    assert run(["reverse", *HERE, "--registry", url, "--as-of", "2001-01-01"]) == 5


@pytest.mark.parametrize(
    "arguments",
    [[], ["106.5"], ["106.5", "29.4", "1"], ["106.5", "north"], ["29.4", "106.5"], ["nan", "29.4"],
     ["--in", "x.csv"]],
)  # fmt: skip
def test_wrong_usage_is_exit_2(url: str, arguments: list[str]) -> None:
    assert run(["reverse", *arguments, "--registry", url]) == 2


@pytest.mark.parametrize("suffix", ["csv", "parquet", "gpkg", "geojson"])
def test_files(url: str, tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "in.csv", tmp_path / f"out.{suffix}"
    source.write_text(f"编号,code,经度,纬度\n1,x,{','.join(HERE)}\n2,y,,\n3,z,200,0\n4,,0,0\n", "utf-8")
    assert run(["reverse", "--in", str(source), "--out", str(target), "--registry", url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["found"], told["nothing"], told["unusable"]) == (4, 1, 1, 2)
    if suffix == "csv":
        answers = pd.read_csv(target, dtype=str)
    elif suffix == "parquet":
        answers = geopandas.read_parquet(target)
    else:
        answers = geopandas.read_file(target)
    assert list(answers.columns[:4]) == ["编号", "code", "经度", "纬度"]
    assert answers["address"].tolist()[0] == TEXT
    assert answers["reverse_code"].tolist()[0] == "D1"
    assert answers["status"].tolist() == ["found", "unusable", "unusable", "nothing"]
    if suffix != "csv":
        assert answers.geometry.iloc[0].x == pytest.approx(float(HERE[0]))


def test_points_of_a_file_are_read_in_their_system(url: str, tmp_path: Path) -> None:
    source, target = tmp_path / "in.gpkg", tmp_path / "out.csv"
    point = shapely.Point(at(100, 500))
    geopandas.GeoDataFrame({"n": [1]}, geometry=[point], crs=4490).to_crs(4524).to_file(source)
    assert run(["reverse", "--in", str(source), "--out", str(target), "--registry", url]) == 0
    answers = pd.read_csv(target)
    assert answers["address"].tolist() == [TEXT]
    assert answers["lon"].tolist() == pytest.approx([point.x])


@pytest.mark.parametrize("more", [["--lon", "x"], ["--crs", "EPSG:1"], []])
def test_what_is_not_understood_writes_nothing(url: str, tmp_path: Path, more: list[str]) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("lon,甲\n1,2\n" if not more else "lon,lat\n1,2\n", "utf-8")
    assert run(["reverse", "--in", str(source), "--out", str(target), "--registry", url, *more]) == 2
    assert list(tmp_path.glob("out*")) == []


def test_configuration(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "wangge.toml"
    monkeypatch.setenv("WANGGE_CONFIG", str(config))
    config.write_text('[geocode.reverse]\nplate_m = 5\nprovince = "重庆市"\n', "utf-8")
    assert run(["reverse", *HERE, "--registry", url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["address"] == "重庆市云渡区云岚街道尚文大道古槐社区第1网格"
    for wrong in ("plates_m = 5", "plate_m = -1", "plate_m = true", 'plate_m = "30"', "province = 5"):
        config.write_text(f"[geocode.reverse]\n{wrong}\n", "utf-8")
        assert run(["reverse", *HERE, "--registry", url]) == 2
        assert wrong.split()[0] in capsys.readouterr().err
    config.write_text("geocode = 5\n", "utf-8")
    assert run(["reverse", *HERE, "--registry", url]) == 2


def test_python(url: str) -> None:
    with City(open_registry(url)) as city:
        answer = city.reverse(*at(100, 500))
        assert answer is not None
        assert answer.address == TEXT
        assert city.reverse(0, 0) is None
        assert city.reverse(*at(100, 500), as_of=datetime(2001, 1, 1)) is None
