"""``wangge catalogue``, ``numbers``, ``components`` and ``export --standard`` from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import pandas
import pytest
import shapely

from gis.editions import commit
from gis.models import DATASETS
from gis.registry import Registry

COVER, GAS = "5001130101000007", "5001130504000001"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A registry with a cover, a gas station that 2026 has no class for, and a class of its own."""
    path = tmp_path / "wangge.gpkg"
    with Registry.open(path, create=True) as registry:
        columns = {name: [None, None] for name in DATASETS["components"].columns}
        columns |= {"id": [COVER, GAS], "class_code": ["0101", "0504"], "standard": ["2013"] * 2}
        points = [shapely.Point(106.5, 29.4), shapely.Point(106.6, 29.4)]
        commit(registry, "components", geopandas.GeoDataFrame(columns, geometry=points, crs=4490))
        own = {
            "standard": "2013",
            "kind": "component",
            "code": "0199",
            "name": "共享雨伞架",
            "major": "公用设施",
        }
        frame = pandas.DataFrame(
            [{name: own.get(name) for name in DATASETS["classes"].columns}], dtype=object
        )
        commit(registry, "classes", frame)
    return path


def test_classes_are_listed_by_edition_kind_major_group_and_text(wangge: Any) -> None:
    def listed(*options: str) -> list[str]:
        return [one["code"] for one in wangge("catalogue", "list", *options, "--json").document]

    assert len(listed("--standard", "2026")) == 403
    assert len(listed("--standard", "2026", "--kind", "component")) == 153
    assert listed("--standard", "2026", "--kind", "component", "--major", "05") == ["05002", "05003", "05009"]
    assert listed("--standard", "2026", "--kind", "component", "--major", "其他") == [
        "05002",
        "05003",
        "05009",
    ]
    assert "0114" in listed("--standard", "2007", "--group", "井盖")
    assert listed("通信交接箱", "--kind", "component") == ["0127"]
    assert listed("010", "--kind", "component")[0] == "0101"
    assert "井盖" in wangge("catalogue").out
    assert "供水井盖" in wangge("catalogue", "--standard", "2026").out


def test_classes_that_are_not_there_are_not_found(wangge: Any) -> None:
    assert wangge("catalogue", "list", "飞船").code == 5
    assert wangge("catalogue", "list", "--group", "飞船").code == 5
    assert wangge("catalogue", "show", "9999").code == 5
    assert wangge("catalogue", "show", "0101", "--standard", "2026").code == 5
    assert wangge("catalogue", "show", "010199").code == 5
    for malformed in ("井盖", "01", "010", "50011301010000010"[:15]):
        assert wangge("catalogue", "show", malformed).code == 2


def test_a_class_is_shown_with_what_it_is_elsewhere(wangge: Any) -> None:
    shown = wangge(
        "catalogue", "show", "0114", "--standard", "2013", "--kind", "component", "--json"
    ).document
    assert [(one["code"], one["name"], one["confidence"]) for one in shown] == [
        ("0114", "园林井盖", "one-source")
    ]
    assert shown[0]["groups"] == ["井盖", "covers"]
    assert (shown[0]["geometry"], shown[0]["geometry_confidence"], shown[0]["accuracy_m"]) == (
        "point",
        "unverified",
        0.5,
    )
    assert shown[0]["edition"]["document"] == "GB/T 30428.2-2013"
    elsewhere = {one["standard"]: one["codes"] for one in shown[0]["elsewhere"]}
    assert elsewhere == {"2007": None, "2026": ["01014"]}
    text = wangge("catalogue", "show", "0114").out
    assert "无主井盖" in text
    assert "园林井盖" in text
    assert "对照表未收录" in text
    assert "供水井盖" in wangge("catalogue", "show", "5001130101000007", "--standard", "2013").out


def test_a_city_s_own_class_is_in_its_catalogue(wangge: Any, city: Path) -> None:
    (shown,) = wangge("catalogue", "show", "0199", "--kind", "component", "--json").document
    assert (shown["name"], shown["local"]) == ("共享雨伞架", True)
    assert "本地" in wangge("catalogue", "list", "雨伞").out


def test_codes_are_converted_by_the_table(wangge: Any) -> None:
    def converted(*asked: str) -> list[tuple[str, str | None]]:
        document = wangge("catalogue", "convert", *asked, "--json").document
        return [(one["kind"], one["converted"]) for one in document["results"]]

    assert converted("0110", "--from", "2013", "--to", "2026") == [
        ("component", "01010"),
        ("matter", "06010"),
    ]
    assert converted("5001130110", "--from", "2013", "--to", "2026", "--kind", "matter") == [
        ("matter", "50011306010")
    ]
    assert converted(COVER, "--from", "2013", "--to", "2026") == [("component", "50011301001000007")]
    assert converted("50011301001000007", "--from", "2026", "--to", "2013") == [("component", COVER)]
    assert converted("0118", "--from", "2007", "--to", "2013", "--kind", "component") == [
        ("component", "0137")
    ]
    assert "经由 2026 版" in wangge("catalogue", "convert", "0118", "--from", "2007", "--to", "2013").out


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("0504", "--from", "2013", "--to", "2026", "--kind", "component"), 3),
        (("0117", "--from", "2007", "--to", "2026", "--kind", "component"), 3),
        (("0105", "--from", "2013", "--to", "2026", "--kind", "component"), 3),
        (("01001", "--from", "2013", "--to", "2026"), 2),
        (("abc", "--from", "2013", "--to", "2026"), 2),
        (("0101", "--from", "2013"), 2),
        (("0101", "--from", "2015", "--to", "2026"), 2),
        (("09999", "--from", "2026", "--to", "2013"), 5),
    ],
)
def test_what_cannot_be_converted_is_refused_with_the_reason(
    wangge: Any, asked: tuple[str, ...], code: int
) -> None:
    result = wangge("catalogue", "convert", *asked)
    assert result.code == code
    assert result.err


def test_a_choice_is_left_to_people(wangge: Any) -> None:
    result = wangge("catalogue", "convert", "0117", "--from", "2007", "--to", "2026", "--kind", "component")
    assert "01030, 01031" in result.err
    assert "人" in result.err


def test_numbers_are_handed_out_listed_and_given_back(wangge: Any, city: Path) -> None:
    assert wangge("numbers").code == 5
    order = ("--county", "500113", "--class", "0101")
    given = wangge(
        "numbers", "reserve", *order, "--count", "50", "--contractor", "甲普查队", "--json"
    ).document
    assert (given["first_id"], given["last_id"]) == ("5001130101000008", "5001130101000057")
    assert "甲普查队" in wangge("numbers", "list").out
    assert wangge("numbers", "list", "--contractor", "乙").code == 5
    assert "已收回" in wangge("numbers", "return", *order, "--first", "8").out
    assert wangge("numbers", "return", *order, "--first", "8").code == 3
    assert wangge("numbers", "return", *order, "--first", "9").code == 5
    assert wangge("numbers", "reserve", *order, "--count", "0", "--contractor", "甲").code == 2
    assert wangge("editions", "revert", str(given["edition"])).code == 3


def test_components_are_converted_after_a_rehearsal(wangge: Any, city: Path) -> None:
    asked = ("components", "convert", "--from", "2013", "--to", "2026")
    assert wangge(*asked).code == 3
    trial = wangge(*asked, "--dry-run", "--json").document
    assert (trial["converted"], trial["edition"], trial["kept"][0]["class"]) == (1, None, "0504")
    done = wangge(*asked, "--partial")
    assert "0504" in done.out
    assert "立案处置标准" in done.out
    recorded = wangge(
        "catalogue", "convert", "50011301001000007", "--from", "2026", "--to", "2013", "--json"
    ).document
    assert recorded["results"][0]["converted"] == COVER
    assert recorded["results"][0]["relation"] == "recorded"
    assert wangge(*asked, "--partial").code == 3
    assert wangge("components", "convert", "--from", "2013", "--to", "2013").code == 2


def test_an_export_in_another_edition_lists_what_it_leaves_out(
    wangge: Any, city: Path, tmp_path: Path
) -> None:
    out = tmp_path / "components.csv"
    told = wangge("export", "components", out, "--standard", "2026", "--json").document
    assert (told["rows"], told["left_out"]) == (1, 1)
    written = pandas.read_csv(out, dtype=str)
    assert written[["id", "class_code", "standard"]].to_numpy().tolist() == [
        ["50011301001000007", "01001", "2026"]
    ]
    left_out = pandas.read_csv(told["left_out_path"], dtype=str)
    assert left_out["id"].tolist() == [GAS]
    assert "0504" in left_out["reason"][0]
    plain = wangge("export", "components", out, "--json").document
    assert (plain["rows"], plain["left_out"], plain["left_out_path"]) == (2, 0, None)
    assert wangge("export", "classes", tmp_path / "x.csv", "--standard", "2026").code == 2
    assert not (tmp_path / "x.csv").exists()
    assert wangge("export", "components", tmp_path / "y.csv", "--standard", "2007").code == 0


def test_an_export_of_nothing_convertible_is_refused(wangge: Any, tmp_path: Path) -> None:
    with Registry.open(tmp_path / "wangge.gpkg", create=True) as registry:
        columns = {name: [None] for name in DATASETS["components"].columns}
        columns |= {"id": [GAS], "class_code": ["0504"], "standard": ["2013"]}
        frame = geopandas.GeoDataFrame(columns, geometry=[shapely.Point(106.5, 29.5)], crs=4490)
        commit(registry, "components", frame)
    out = tmp_path / "all.csv"
    refused = wangge("export", "components", out, "--standard", "2026")
    assert refused.code == 3
    assert "0504" in refused.err
    assert not out.exists()
