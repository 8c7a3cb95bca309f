"""The documents about checks name every code of divisions and grids, with the title that reports show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gis.finding_codes import TITLES, title
from gis.text import language

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", ["checking-grids.md", "checking-grids.zh-CN.md"])
def test_every_code_of_grids_is_documented_under_its_title(name: str) -> None:
    rows = dict(re.findall(r"^\| (G\d\d) \| ([^|]*) \|", (DOCS / name).read_text("utf-8"), re.M))
    assert set(rows) == {code for code in TITLES if code.startswith("G")}
    with language("zh"):
        assert {code: text for code, text in rows.items() if title(code) not in text} == {}
