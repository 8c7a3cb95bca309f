"""Mapping files: what they may say, and what is refused with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.catalogue import SHIPPED
from components.fields import COMPONENT_FIELDS
from gis.errors import UsageError
from wangge.mapping_files import Mapping, read_mapping

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_without_a_file_nothing_is_said() -> None:
    assert read_mapping(None) == Mapping()


def test_texts_and_numbers_are_read_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(
        '\ufeff[field]\nclass_code = "fclass"\nid = ""\n[set]\nstate = "完好"\n'
        '[values.class_code]\nlamp = "0137"\n5 = 401\n',
        "utf-8",
    )
    assert read_mapping(path) == Mapping(
        {"class_code": "fclass", "id": ""}, {"state": "完好"}, {"class_code": {"lamp": "0137", "5": "401"}}
    )


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('[fields]\nid = "x"\n', "[fields]"),
        ('id = "x"\n', "[id]"),
        ('set = "x"\n', "set = x"),
        ("[set]\nstate = true\n", "[set] state = True"),
        ('[field]\nid = ["a", "b"]\n', "[field] id"),
        ('[values]\nlamp = "0137"\n', "values.lamp = 0137"),
        ("[values.class_code]\nlamp = 0137\n", "map.toml"),
        ("[set\n", "map.toml"),
    ],
)
def test_what_is_not_understood_is_named(tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(UsageError) as caught:
        read_mapping(path)
    assert named in str(caught.value)
    assert caught.value.field == "--map"


def test_values_are_translated_from_the_command_line(wangge: Any, tmp_path: Path) -> None:
    (tmp_path / "lamps.csv").write_text(
        "lon,lat,id,kind\n106.5,29.4,7,lamp\n106.6,29.4,8,bench\n106.7,29.4,9,bar\n", "utf-8"
    )
    (tmp_path / "map.toml").write_text(
        '[field]\nid = ""\nclass_code = "kind"\n[values.class_code]\nlamp = "0137"\nbench = "0407"\n', "utf-8"
    )
    checked = wangge("check", "components", "lamps.csv", "--map", "map.toml", "--standard", "2013", "--json")
    by_code = checked.document["by_code"]
    assert (by_code["F14"], by_code["C04"]) == (1, 1)
    assert "C01" not in by_code


@pytest.mark.parametrize("path", sorted((DOCS / "examples").glob("*.toml")), ids=lambda path: path.stem)
def test_the_worked_mappings_name_fields_and_classes_that_there_are(path: Path) -> None:
    mapping = read_mapping(path)
    named = mapping.fields.keys() | mapping.constants.keys() | mapping.words.keys()
    assert named <= {field.name for field in COMPONENT_FIELDS}
    of_all = mapping.constants.get("class_code")
    classes = [*mapping.words.get("class_code", {}).values(), *([of_all] if of_all else [])]
    assert classes
    lines = path.read_text("utf-8").splitlines()
    for code in classes:
        info = SHIPPED.info("2026", code)
        assert info is not None
        assert any(f'"{code}"' in line and info.name in line for line in lines)
