"""``wangge keys`` and ``wangge layers`` as people type them, and what is said of access."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gis.registry import Registry
from layers.keys import add_key
from wangge.access_told import told_of_access


@pytest.fixture
def made(wangge: Any) -> Any:
    wangge("init")
    return wangge


def test_a_key_is_shown_once_listed_and_revoked(made: Any) -> None:
    scope = ("--county", "500113", "--layer", "components", "--expires", "2999-12-31")
    key = made("keys", "add", "路灯所", "--role", "surveyor", *scope, "--json").document
    assert key["key"].startswith(f"wk_{key['id']}_")
    assert (key["roles"], key["counties"], key["layers"]) == (["surveyor"], ["500113"], ["components"])
    assert key["expires_at"].startswith(("2999-12-31", "3000-01-01"))
    listed = made("keys", "--json").document
    assert [one["id"] for one in listed] == [key["id"]]
    assert key["key"] not in json.dumps(listed)
    assert "路灯所" in made("keys").out
    assert made("keys", "revoke", key["id"], "--json").document[0]["state"] == "revoked"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add",), 2),
        (("add", "x"), 2),
        (("add", "x", "y", "--role", "admin"), 2),
        (("add", "x", "--role", "root"), 2),
        (("add", "x", "--role", "admin", "--county", "5"), 2),
        (("add", "x", "--role", "admin", "--layer", "unicorns"), 5),
        (("add", "x", "--role", "admin", "--expires", "2001-01-01"), 2),
        (("revoke",), 2),
        (("revoke", "ffffffff"), 5),
        (("list", "x"), 2),
        (("list", "--role", "admin"), 2),
    ],
)
def test_what_makes_no_key_is_refused(made: Any, words: tuple[str, ...], code: int) -> None:
    assert made("keys", *words).code == code
    assert made("keys", "--json").document == []


def test_themes_are_added_and_what_is_there_stays(made: Any) -> None:
    before = len(made("layers", "--json").document)
    added = made("layers", "add-theme", "sanitation", "--json").document
    assert "sanitation-toilets" in [layer["id"] for layer in added]
    again = made("layers", "add-theme", "sanitation", "lighting", "--json").document
    assert len(again) > len(added) > before
    assert made("layers", "add-theme", "unicorns").code == 5
    assert len(made("layers", "remove", "sanitation-toilets", "--json").document) == len(again) - 1
    assert made("layers", "remove", "components").code == 2


def test_definitions_of_a_file_are_added_and_replaced(made: Any) -> None:
    path = Path("layers.json")
    definition = {"id": "toilets", "dataset": "components", "title_zh": "公厕", "classes": ["2013:0301"]}
    path.write_text(json.dumps([definition]), "utf-8")
    assert made("layers", "add", str(path)).code == 0
    assert made("layers", "add", str(path)).code == 2
    path.write_text(json.dumps([{**definition, "title_zh": "公共厕所"}]), "utf-8")
    assert made("layers", "add", str(path), "--replace").code == 0
    (shown,) = made("layers", "show", "toilets", "--json").document
    assert (shown["title_zh"], shown["classes"]) == ("公共厕所", ["2013:0301"])
    assert "2013:0301" in made("layers", "show", "toilets").out


def test_publishing_says_what_of_a_layer_and_what_is_left_out(made: Any) -> None:
    published = made("layers", "publish", "components")
    assert "燃气井盖" in published.err
    profile = ("--class", "2013:0137", "--property", "id", "--coarsen", "100", "--approval", "渝S(2026)001号")
    assert made("layers", "publish", "components", *profile).code == 0
    (shown,) = made("layers", "show", "components", "--json").document
    assert shown["public_profile"] == {
        "classes": ["2013:0137"],
        "properties": ["id"],
        "coarsen_m": 100.0,
        "approval_number": "渝S(2026)001号",
    }
    refused = made("layers", "publish", "components", "--class", "2013:0111")
    assert refused.code == 2
    assert "燃气" in refused.err
    assert made("layers", "publish", "unit-grids", "--coarsen", "100").code == 2
    assert made("layers", "list", "--class", "2013:0137").code == 2


def test_layers_and_data_sets_are_classified(made: Any) -> None:
    (layer,) = made("layers", "classify", "秘密", "components", "--json").document
    assert layer["level"] == "secret"
    assert made("layers", "publish", "components").code == 2
    assert made("layers", "classify", "内部", "grids", "--kind", "dataset").code == 0
    assert made("layers", "publish", "unit-grids").code == 2
    assert made("layers", "publish", "unit-grids", "--property", "code").code == 0
    assert made("layers", "classify", "秘密").code == 2
    assert made("layers", "classify", "hidden", "components").code == 2


def test_who_starts_a_server_is_told_who_needs_a_key(
    made: Any, gpkg_registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WANGGE_PUBLIC_URL", raising=False)
    alone, reached = (str(told_of_access(gpkg_registry, host)) for host in ("127.0.0.1", "0.0.0.0"))
    assert "本机" in alone
    assert "wangge keys add" in reached
    monkeypatch.setenv("WANGGE_PUBLIC_URL", "https://city.example")
    assert str(told_of_access(gpkg_registry, "127.0.0.1")) == reached
    add_key(gpkg_registry, "x", ["admin"])
    assert "1" in str(told_of_access(gpkg_registry, "127.0.0.1"))
    assert "访问权限" in made("doctor").out
