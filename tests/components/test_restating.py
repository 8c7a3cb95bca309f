"""Components said in the codes of another edition, without changing the registry."""

from __future__ import annotations

import pytest

from components.conversion import convert_components
from components.restating import restate
from gis.errors import UsageError
from gis.read import read_frame
from gis.registry import Registry

COUNTY = "500113"


def said(registry: Registry, standard: str):
    return restate(registry, read_frame(registry, "components"), standard)


def test_classes_and_identifiers_go_by_the_table(registry: Registry, store) -> None:
    store(registry, f"{COUNTY}0101000007", f"{COUNTY}0504000001", name=["上水井盖", "液化气站"])
    found = said(registry, "2026")
    row = found.frame.iloc[0]
    assert (row["id"], row["class_code"], row["standard"], row["name"]) == (
        f"{COUNTY}01001000007",
        "01001",
        "2026",
        "供水井盖",
    )
    assert len(found.frame) == 1
    assert found.left_out[["id", "class_code", "standard"]].to_numpy().tolist() == [
        [f"{COUNTY}0504000001", "0504", "2013"]
    ]
    assert "0504" in found.left_out["reason"][0]


def test_what_is_of_the_edition_stays_as_it_is(registry: Registry, store) -> None:
    store(registry, f"{COUNTY}01001000007", standard="2026")
    frame = read_frame(registry, "components")
    found = said(registry, "2026")
    assert found.frame.equals(frame)
    assert len(found.left_out) == 0


def test_a_recorded_identifier_is_used(registry: Registry, store) -> None:
    store(registry, f"{COUNTY}01001000007", standard="2026")
    store(registry, f"{COUNTY}0101000007")
    convert_components(registry, "2013", "2026")
    assert set(read_frame(registry, "components")["id"]) == {f"{COUNTY}01001000007", f"{COUNTY}01001000008"}
    found = said(registry, "2013")
    # the other's number would be that of the component which had it first
    assert found.frame["id"].tolist() == [f"{COUNTY}0101000007"]
    assert found.frame["geometry"].iloc[0].equals(read_frame(registry, "components")["geometry"][1])
    assert found.left_out["id"].tolist() == [f"{COUNTY}01001000007"]


def test_a_number_that_may_be_another_s_is_not_made_up(registry: Registry, store, monkeypatch) -> None:
    from components import restating

    table = {"0101": "01001", "0102": "01001"}
    monkeypatch.setattr(restating, "the_class", lambda code, _source, _target: table[code])
    store(registry, f"{COUNTY}0101000001", f"{COUNTY}0102000001")
    found = said(registry, "2026")
    assert found.frame["id"].tolist() == [f"{COUNTY}01001000001"]
    assert found.left_out["id"].tolist() == [f"{COUNTY}0102000001"]


def test_two_editions_are_brought_to_one(registry: Registry, store) -> None:
    store(registry, f"{COUNTY}0118000001", standard="2007")
    store(registry, f"{COUNTY}0137000002", standard="2013")
    store(registry, f"{COUNTY}0137000001", standard="2013")
    found = said(registry, "2026")
    assert sorted(found.frame["id"]) == [f"{COUNTY}01037000002"]
    assert sorted(found.left_out["id"]) == [f"{COUNTY}0118000001", f"{COUNTY}0137000001"]


def test_nothing_stays_nothing(gpkg_registry: Registry) -> None:
    found = said(gpkg_registry, "2026")
    assert (len(found.frame), len(found.left_out)) == (0, 0)


def test_unknown_editions_are_refused(gpkg_registry: Registry) -> None:
    with pytest.raises(UsageError):
        said(gpkg_registry, "2015")
