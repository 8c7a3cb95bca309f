"""Organisations named by components: names that are nearly right are proposed."""

from __future__ import annotations

import pandas
import shapely

from components.imports import prepare_components
from components.units import KnownOrganisations
from gis.editions import commit
from gis.models import DATASETS
from gis.registry import Registry

CITY, WATER = "云渡区城市管理局", "云渡供水有限公司"


def organisations(registry: Registry, *names: str) -> None:
    columns = {name: [None] * len(names) for name in DATASETS["organisations"].columns}
    frame = pandas.DataFrame(columns, dtype=object)
    frame["code"], frame["name"] = [f"code-{n}" for n in range(len(names))], list(names)
    frame["state"] = "active"
    commit(registry, "organisations", frame)


def hints(deliveries, *owners: str) -> list[str | None]:
    rows = [
        {"ObjID": f"500113010100{n:04d}", "ObjName": "上水井盖", "DeptName1": CITY, "DeptName2": owner}
        | {"ObjState": "完好", "ORDate": "20230915"}
        for n, owner in enumerate(owners, 1)
    ]
    layer = deliveries.layer(rows, [shapely.Point(106.5 + n / 1e3, 29.4) for n in range(len(rows))])
    report = deliveries.prepare(prepare_components, layer, standard="2013").report
    return [str(finding.hint) for finding in report.findings if finding.code == "C07"]


def test_a_name_that_is_nearly_right_brings_a_proposal(deliveries) -> None:
    organisations(deliveries.registry, CITY, WATER)
    near, far = hints(deliveries, "云渡供水公司", WATER, "张三")
    assert WATER in near
    assert CITY not in near
    assert WATER not in far


def test_nothing_is_proposed_where_nothing_is_alike() -> None:
    known = KnownOrganisations({"x"})
    known.by_name[CITY].add("x")
    assert known.like(["云渡区城管局", "云渡区水务局", "云渡区城市管理局 "]) == {
        "云渡区城管局": CITY,
        "云渡区城市管理局 ": CITY,
    }
