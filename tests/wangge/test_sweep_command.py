"""``wangge check rules --sweep`` and ``wangge import duty-contacts`` from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pytest
import shapely

from gis.editions import commit
from gis.registry import Registry

GRID = "500113001001001"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A registry with one unit grid and a rule for an office that is not there."""
    path = tmp_path / "wangge.gpkg"
    party = {"role": "street", "text": "所属街办", "code": None, "line": None}
    rule = {"standard": "2013", "kind": "matter", "class_code": "0110", "rule_no": 1, "acting": [party]}
    shape = shapely.box(106.5, 29.4, 106.51, 29.41)
    with Registry.open(path, create=True) as registry:
        commit(registry, "grids", geopandas.GeoDataFrame({"code": [GRID]}, geometry=[shape], crs=4490))
        commit(
            registry, "rules", pandas.DataFrame([rule | {"steps": [], "supervising": [], "mode": "ordered"}])
        )
    return path


def test_a_sweep_tells_where_nobody_answers(wangge: Any, town: Path, tmp_path: Path) -> None:
    report = tmp_path / "sweep.json"
    swept = wangge("check", "rules", "--sweep", "--registry", town, "--report", report, "--json")

    assert swept.code == 3
    assert {"R24", "R25", "R26"} <= set(swept.document["by_code"])
    assert json.loads(report.read_text("utf-8"))["by_code"] == swept.document["by_code"]
    told = [finding["message"] for finding in swept.document["findings"] if finding["code"] == "R24"]
    assert any("0110" in message and GRID in message for message in told)


def test_a_sweep_is_of_rules_in_the_registry_only(wangge: Any, town: Path) -> None:
    assert wangge("check", "grids", "--sweep", "--registry", town).code == 2
    assert wangge("check", "rules", "some.xlsx", "--sweep", "--registry", town).code == 2
    assert wangge("check", "rules", "--registry", town).code == 2


def test_contacts_are_imported_from_a_list(wangge: Any, town: Path, tmp_path: Path) -> None:
    with Registry.open(town) as registry:
        commit(registry, "organisations", pandas.DataFrame([{"code": "BUREAU", "name": "云渡区城市管理局"}]))
    path = tmp_path / "contacts.csv"
    path.write_text(
        "单位名称,职责,联系人,电话\n云渡区城市管理局,受理,王五,023-12345678\n", encoding="utf-8-sig"
    )

    imported = wangge("import", "duty-contacts", path, "--registry", town, "--json")

    assert (imported.code, imported.document["accepted"]) == (0, 1)
