"""The dirty twin, checked as a surveyor's delivery is: what is found is what is listed, row by row."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from gis.errors import FileProblem
from gis.files import read_layers
from gis.importing import ImportOptions, run_import
from gis.registry import Registry
from layers.delivery_kinds import kind_of
from wangge.demo.city import SampleCity, build

CLEAN = {
    "divisions": ("区.shp", "街道.shp", "社区.shp"),
    "grids": ("单元网格.shp",),
    "components": ("部件",),
    "streets": ("街巷.shp",),
    "addresses": ("门牌.shp",),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SampleCity:
    city = build(tmp_path_factory.mktemp("small"), scale="small")
    for path, encoding in ((city.clean, "gbk"), (city.dirty, None)):
        with zipfile.ZipFile(path, metadata_encoding=encoding) as archive:
            archive.extractall(city.directory / path.stem)
    return city


def run(registry: Registry, kind: str, paths: list[Path], *, dry_run: bool = False) -> Any:
    how = kind_of(kind)
    return run_import(registry, kind, paths, ImportOptions(dry_run=dry_run), how.prepare, reader=how.reader)


def told(code: str, file: str | None, row: int | None, identifier: str | None) -> tuple[object, ...]:
    """A finding without a row belongs to no file: a gap, a whole layer."""
    return code, PurePosixPath(file or "").name if row and code != "F12" else "", row, identifier or ""


def test_a_check_finds_exactly_the_listed_faults(small: SampleCity, registry: Registry) -> None:
    listed = json.loads(small.faults.read_text("utf-8"))["faults"]
    clean, dirty = small.directory / "clean", small.directory / "dirty"
    run(registry, "organisations", [small.organisations])
    for kind, names in CLEAN.items():
        report = run(registry, kind, [clean / name for name in names])
        standing = [fault for fault in listed if fault["dataset"] == kind and fault["standing"]]
        assert Counter(f.code for f in report.findings if f.code != "F08") == Counter(
            f["code"] for f in standing
        )
    for kind, paths in (
        ("grids", [dirty / "单元网格.shp"]),
        ("components", [dirty / "部件"]),
        ("addresses", [dirty / "门牌.shp"]),
        ("rules", [small.dirty_case_table]),
    ):
        report = run(registry, kind, paths, dry_run=True)
        found = Counter(told(f.code, f.layer, f.row, f.id) for f in report.findings)
        wanted = [fault for fault in listed if fault["dataset"] == kind]
        assert found == Counter(told(f["code"], f["file"], f["row"], f["id"]) for f in wanted)


def test_a_delivery_without_prj_is_refused(small: SampleCity) -> None:
    with pytest.raises(FileProblem) as refused:
        read_layers([small.dirty_without_prj], dataset="grids")
    assert refused.value.code == "F03"
