"""The command line: results, one JSON document, exit codes, messages."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import geopandas
import pytest

from gis.errors import DataRefused, NotFound, RegistryUnavailable, UsageError, WanggeError
from wangge.cli import exit_code
from wangge.commands import NAMES, root
from wangge.demo.run import DemoResult

COVER = ("106.54292665", "29.39523243", "--class", "0102")


def test_help_lists_every_command_in_both_languages(wangge: Any) -> None:
    for language in ("zh", "en"):
        told = wangge("--lang", language, "--help")
        assert told.code == 0
        assert all(name in told.out for name in NAMES)


def every_command(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from every_command(command, (*words, name))
            else:
                yield (*words, name)


@pytest.mark.parametrize("words", list(every_command(root())), ids=" ".join)
def test_every_command_explains_itself(wangge: Any, words: tuple[str, ...]) -> None:
    told = wangge(*words, "--help")
    assert told.code == 0
    assert "--registry" in told.out


def test_a_misspelt_option_is_wrong_usage(wangge: Any) -> None:
    assert wangge("init", "--regsitry", "x.gpkg").code == 2
    assert wangge("nonsense").code == 2


def test_errors_map_to_exit_codes() -> None:
    errors: list[WanggeError] = [
        UsageError("u"), DataRefused("d"), RegistryUnavailable("r"), NotFound("n"), WanggeError("w"),
    ]  # fmt: skip
    assert [exit_code(error) for error in errors] == [2, 3, 4, 5, 1]


def test_init_makes_a_registry_and_can_be_repeated(wangge: Any, tmp_path: Path) -> None:
    assert wangge("init").code == 0
    assert wangge("init", "--json").document["kind"] == "gpkg"
    assert (tmp_path / "wangge.gpkg").exists()


def test_a_missing_registry_exits_4_and_says_what_to_do(wangge: Any) -> None:
    told = wangge("editions")
    assert told.code == 4
    assert "wangge init" in told.err


def test_a_file_that_is_no_registry_exits_4(wangge: Any, tmp_path: Path) -> None:
    (tmp_path / "notes.gpkg").write_text("not a database")
    told = wangge("editions", "--registry", "notes.gpkg")
    assert told.code == 4
    assert "notes.gpkg" in told.err


def test_a_database_that_is_down_exits_4_without_showing_the_password(wangge: Any) -> None:
    told = wangge("editions", "--registry", "postgresql://me:hidden@127.0.0.1:1/city")
    assert told.code == 4
    assert "hidden" not in told.err + told.out


def test_resolve_prints_a_card(wangge: Any, city: DemoResult) -> None:
    told = wangge("resolve", *COVER, "--registry", city.registry_url)
    assert told.code == 0
    assert "净川排水有限公司" in told.out
    english = wangge("resolve", *COVER, "--registry", city.registry_url, "--lang", "en")
    assert "Acting unit" in english.out


def test_resolve_prints_one_json_document(wangge: Any, city: DemoResult) -> None:
    document = wangge("resolve", *COVER, "--json", "--registry", city.registry_url).document
    assert document["unit_grid"]["code"].startswith("500113004007")
    assert document["decision"] == "decided"
    assert document["parties"]["acting"]["name"] == "净川排水有限公司"


def test_resolve_takes_western_longitudes_as_numbers(wangge: Any, city: DemoResult) -> None:
    document = wangge("resolve", "-73.9", "40.7", "--json", "--registry", city.registry_url).document
    assert document["location"]["status"] == "outside"


def test_resolve_refuses_swapped_axes_with_a_hint(wangge: Any, city: DemoResult) -> None:
    told = wangge("resolve", "29.4", "106.5", "--json", "--registry", city.registry_url)
    assert told.code == 2
    assert told.document["field"] == "lat"
    assert "写反" in told.document["hint"]


def test_resolve_by_component(wangge: Any, city: DemoResult) -> None:
    found = wangge("resolve", *COVER, "--json", "--registry", city.registry_url).document["component"]["id"]
    told = wangge("resolve", "--component", found, "--json", "--registry", city.registry_url)
    assert told.document["component"]["id"] == found
    assert wangge("resolve", "--component", "5001139999999999", "--registry", city.registry_url).code == 5


def test_resolve_a_file_answers_every_row_in_order(wangge: Any, city: DemoResult, tmp_path: Path) -> None:
    source, target = city.directory / "cases.csv", tmp_path / "answers.csv"
    columns = ("--class-column", "class", "--kind-column", "kind", "--source-column", "source")
    told = wangge(
        "resolve", "--in", source, "--out", target, *columns, "--json", "--registry", city.registry_url
    )
    assert (told.code, told.document["answered"]) == (0, 200)
    with target.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["case_id"] for row in rows] == sorted(row["case_id"] for row in rows)
    wrong = [row["case_id"] for row in rows if row["acting"] != row["acting_input"]]
    assert wrong == []


def test_in_without_out_is_wrong_usage(wangge: Any, city_in_file: DemoResult) -> None:
    source = city_in_file.directory / "cases.csv"
    assert wangge("resolve", "--in", source, "--registry", city_in_file.registry_url).code == 2


def test_check_needs_no_registry_and_writes_reports_before_refusing(
    wangge: Any, city_in_file: DemoResult, tmp_path: Path
) -> None:
    delivery = city_in_file.directory / "dirty.zip" / "单元网格.shp"
    told = wangge("check", "grids", delivery, "--report", "faults.html", "--report", "faults.gpkg", "--json")
    assert told.code == 3
    assert told.document["by_code"]["G08"] >= 1
    assert told.document["edition"] is None
    assert {"faults.html", "faults.gpkg"} == {path.name for path in tmp_path.iterdir()}


def test_a_refused_import_changes_nothing_and_a_partial_one_writes_what_it_refused(
    wangge: Any, city_in_file: DemoResult, tmp_path: Path
) -> None:
    delivery = city_in_file.directory / "dirty.zip" / "单元网格.shp"
    wangge("init")
    assert wangge("import", "grids", delivery).code == 3
    assert wangge("editions", "--json").document == []
    told = wangge("import", "grids", delivery, "--partial", "--report", "r.json", "--json")
    assert told.code == 0
    report = told.document
    assert report["checked"] == report["accepted"] + report["rejected"]
    assert len(geopandas.read_file(tmp_path / "r.rejected.gpkg")) == report["rejected"] > 0
    assert [edition["dataset"] for edition in wangge("editions", "--json").document] == ["grids"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("roads", "x.shp"), "roads"),
        (("grids", "nowhere.shp"), "nowhere.shp"),
        (("grids", "x.shp", "--report", "r.docx"), ".docx"),
        (("grids", "x.shp", "--field", "code"), "code"),
        (("grids", "x.shp", "--map", "missing.toml"), "missing.toml"),
        (("grids", "x.shp", "--crs", "EPSG:1"), "EPSG:1"),
    ],
)
def test_wrong_usage_of_import_names_what_is_wrong(
    wangge: Any, arguments: tuple[str, ...], named: str
) -> None:
    (wangge("init").code, Path("x.shp").write_bytes(b""))
    told = wangge("import", *arguments)
    assert told.code == 2
    assert named in told.err


def test_revert_brings_back_what_was(wangge: Any, city_in_file: DemoResult) -> None:
    clean = city_in_file.directory / "clean.zip"
    wangge("init")
    wangge("import", "divisions", clean / "区.shp", clean / "街道.shp", clean / "社区.shp")
    assert wangge("editions", "revert", "1").code == 0
    assert wangge("export", "divisions", "out.csv", "--json").document["rows"] == 0
    differences = wangge("editions", "diff", "0", "1", "--json").document
    assert {difference["change"] for difference in differences} == {"added"}
    assert wangge("editions", "show", "99").code == 5


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "parquet", "csv", "xlsx"])
def test_export_by_extension(wangge: Any, city_in_file: DemoResult, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"grids.{suffix}"
    told = wangge("export", "unit-grids", target, "--json", "--registry", city_in_file.registry_url)
    assert told.document["rows"] == 530
    assert target.stat().st_size > 0


def test_export_in_the_zone_of_the_city(wangge: Any, city_in_file: DemoResult, tmp_path: Path) -> None:
    target = tmp_path / "grids.gpkg"
    wangge("export", "unit-grids", target, "--crs", "EPSG:4524", "--registry", city_in_file.registry_url)
    frame = geopandas.read_file(target)
    assert frame.crs.to_epsg() == 4524
    assert frame.total_bounds[0] > 36_000_000


def test_export_refuses_what_is_not_there(wangge: Any, city_in_file: DemoResult) -> None:
    url = city_in_file.registry_url
    assert wangge("export", "unicorns", "x.csv", "--registry", url).code == 5
    assert wangge("export", "unit-grids", "x.docx", "--registry", url).code == 2
    Path("x.gpkg").write_text("mine")
    assert wangge("export", "rules", "x.gpkg", "--registry", url).code == 2
    assert Path("x.gpkg").read_text() == "mine"


def test_layers_are_not_public_until_somebody_marks_them(wangge: Any) -> None:
    wangge("init")
    assert not any(layer["public"] for layer in wangge("layers", "--json").document)
    told = wangge("layers", "publish", "unit-grids", "--json").document
    assert [layer["id"] for layer in told if layer["public"]] == ["unit-grids"]
    assert not any(layer["public"] for layer in wangge("layers", "withdraw", "unit-grids", "--json").document)
    assert wangge("layers", "publish", "unicorns").code == 5


def test_catalogue_tells_classes_apart_by_edition(wangge: Any) -> None:
    assert "上水井盖" in wangge("catalogue", "show", "0101").out
    assert "供水井盖" in wangge("catalogue", "show", "01001", "--standard", "2026").out
    assert len(wangge("catalogue", "list", "--standard", "2026", "--json").document) == 403
    assert wangge("catalogue", "show", "9999").code == 5


def test_doctor_tells_the_remedy(wangge: Any) -> None:
    checks = wangge("doctor", "--json").document
    registry = checks[-1]
    assert not registry["ok"]
    assert "wangge init" in registry["remedy"]


def test_the_registry_is_a_database_any_sqlite_opens(city_in_file: DemoResult) -> None:
    with sqlite3.connect(city_in_file.registry_url) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        (count,) = connection.execute("select count(*) from unit_grids").fetchone()
    connection.close()
    assert count == 530
