"""What-if from the command line and from Python."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pytest
import shapely

from gis.editions import commit
from gis.registry import Registry, open_registry
from wangge.city import City


def area(code: str, unit: str, west: float) -> dict[str, Any]:
    shape = shapely.box(106.5 + west * 0.001, 29.4, 106.501 + west * 0.001, 29.401)
    return {"line": "环卫", "code": code, "name": code, "unit_code": unit, "classes": [], "in_scope": True,
            "geometry": shape}  # fmt: skip


@pytest.fixture
def url(registry_url: str) -> str:
    """Two contracts side by side, and three units, on each database in turn."""
    with open_registry(registry_url) as registry:
        units = [("CLEAN", "环卫公司"), ("BUILD", "建设公司"), ("EAST", "河东街道办")]
        commit(registry, "organisations", pandas.DataFrame(units, columns=["code", "name"]))
        areas = [area("A1", "CLEAN", 0), area("A2", "BUILD", 1)]
        commit(registry, "areas", geopandas.GeoDataFrame(areas, geometry="geometry", crs=4490))
    return registry_url


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.csv"
    rows = [
        "案件编号,经度,纬度,小类代码,问题类型,处置单位,处置结果",
        "C1,106.5005,29.4005,0301,事件,环卫公司,已结案",
        "C2,106.5005,29.4006,0301,事件,河东街道办,已结案",
        "C3,106.5015,29.4005,0301,事件,建设公司,退单",
        "=C4,107.5,29.4005,0301,事件,建设公司,已结案",
    ]
    path.write_text("\n".join(rows), "utf-8")
    return path


@pytest.fixture
def moved(tmp_path: Path) -> Path:
    """The first contract given to the street, and widened over the second."""
    frame = geopandas.GeoDataFrame([area("A1", "EAST", 0)], geometry="geometry", crs=4490)
    path = tmp_path / "areas.geojson"
    frame.drop(columns=["classes", "in_scope"]).to_file(path)
    return path


def state(url: str) -> list[tuple[Any, ...]]:
    with open_registry(url) as registry, registry.connect() as connection:
        return [
            tuple(row)
            for table in ("areas", "areas_history", "cases", "editions", "edition_parts")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}").all()
        ]


def test_cases_that_would_go_elsewhere_are_listed_and_nothing_is_written(
    wangge: Any, url: str, cases: Path, moved: Path, tmp_path: Path
) -> None:
    before = state(url)
    files = [tmp_path / f"diff{suffix}" for suffix in (".csv", ".json", ".html")]
    options = [part for file in files for part in ("--out", file)]

    done = wangge("whatif", "areas", moved, "--cases", cases, *options, "--json", "--registry", url)

    assert done.code == 0, done.err
    assert state(url) == before
    assert done.document["cases"] == 4
    assert done.document["different"] == {"unit": 2}
    assert done.document["transfers"] == [
        {
            "from": {"code": "CLEAN", "name": "环卫公司"},
            "to": {"code": "EAST", "name": "河东街道办"},
            "cases": 2,
        }
    ]
    assert done.document["on_record"] == {
        "known": 3, "right_before": 1, "right_after": 1, "gained": 1, "lost": 1,
    }  # fmt: skip
    with files[0].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["case"], row["from_code"], row["to_code"]) for row in rows] == [
        ("C1", "CLEAN", "EAST"),
        ("C2", "CLEAN", "EAST"),
    ]
    document = json.loads(files[1].read_text("utf-8"))
    assert [one["case"] for one in document["differences"]] == ["C1", "C2"]
    assert document["transfers"] == done.document["transfers"]
    page = files[2].read_text("utf-8")
    assert "调整预演" in page
    assert "河东街道办" in page
    assert "src=" not in page


def test_stored_cases_are_used_where_none_are_given(wangge: Any, url: str, cases: Path, moved: Path) -> None:
    assert wangge("whatif", "areas", moved, "--registry", url).code == 2
    assert wangge("import", "cases", cases, "--registry", url).code == 0

    done = wangge("whatif", "areas", moved, "--registry", url)

    assert done.code == 0
    assert "环卫公司 → 河东街道办: 2" in done.out


def test_python_tries_out_files_and_frames(url: str, cases: Path, moved: Path, tmp_path: Path) -> None:
    with City(Registry.open(url)) as city:
        found = city.what_if({"areas": moved}, cases=cases, out=[tmp_path / "diff.csv"])
        city.load("cases", cases)
        stored = city.what_if({"areas": [moved]})
        frame = city.what_if({"areas": moved}, cases=city.read("cases"))

    assert found.to_dict() == stored.to_dict() == frame.to_dict()
    assert found.different == {"unit": 2}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["whatif", "components", "{moved}"], 2, "components"),
        (["whatif", "sewers", "{moved}"], 2, "sewers"),
        (["whatif", "areas", "{moved}", "--also", "areas={moved}"], 2, "areas"),
        (["whatif", "areas", "{moved}", "--out", "diff.pdf"], 2, "diff.pdf"),
        (["whatif", "areas", "{moved}", "--as-of", "someday"], 2, "someday"),
        (["whatif", "areas", "{moved}", "--cases", "absent.csv"], 2, "absent.csv"),
        (["whatif", "areas", "{cases}"], 3, "areas"),
    ],
)
def test_what_cannot_be_tried_out_is_told(
    wangge: Any, url: str, cases: Path, moved: Path, arguments: list[str], code: int, told: str
) -> None:
    filled = [argument.format(cases=cases, moved=moved) for argument in arguments]
    done = wangge(*filled, "--registry", url)

    assert done.code == code
    assert told in done.err


def test_reports_are_not_left_half_written(wangge: Any, url: str, moved: Path, tmp_path: Path) -> None:
    empty = tmp_path / "diff.csv"

    assert wangge("whatif", "areas", moved, "--out", empty, "--registry", url).code == 2
    assert not empty.exists()
