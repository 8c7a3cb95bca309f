"""The documents about checks name every code of grids and components, with the title that reports show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gis.finding_codes import TITLES, title
from gis.text import language

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("checking-grids.md", "G"),
        ("checking-grids.zh-CN.md", "G"),
        ("checking-components.md", "C"),
        ("checking-components.zh-CN.md", "C"),
    ],
)
def test_every_code_is_documented_under_its_title(name: str, letter: str) -> None:
    rows = dict(re.findall(rf"^\| ({letter}\d\d) \| ([^|]*) \|", (DOCS / name).read_text("utf-8"), re.M))
    assert set(rows) == {code for code in TITLES if code.startswith(letter)}
    with language("zh"):
        assert {code: text for code, text in rows.items() if title(code) not in text} == {}
