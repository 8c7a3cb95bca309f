from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from gis.errors import NotFound
from web.page import STATIC, page_texts, render_page

SCRIPTS = sorted((STATIC / "js").glob("*.js"))


def message_ids() -> Iterator[str]:
    yield from re.findall(r"\{\{\s*(.+?)\s*\}\}", (STATIC / "index.html").read_text("utf-8"))
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        yield from re.findall(r'\bt\("((?:[^"\\]|\\.)+)"', text)
        if path.name == "words.js":
            yield from re.findall(r': "([^"]+)"', text)


def test_every_text_of_the_page_has_a_chinese_translation_with_the_same_placeholders() -> None:
    texts = page_texts("zh")
    ids = set(message_ids())
    assert len(ids) > 80
    assert sorted(ids - texts.keys()) == []
    for message in ids:
        assert set(re.findall(r"\{(\w+)\}", message)) == set(re.findall(r"\{(\w+)\}", texts[message]))


def test_the_page_is_rendered_in_either_language() -> None:
    chinese, english = render_page("zh"), render_page("en")
    assert '<html lang="zh">' in chinese
    assert "定责地图" in chinese
    assert 'href="?lang=en"' in chinese
    assert '<html lang="en">' in english
    assert "Who is responsible here?" in english
    assert "{{" not in chinese + english
    assert "{=" not in chinese + english


def test_an_unknown_language_has_no_texts() -> None:
    with pytest.raises(NotFound):
        page_texts("fr")


def test_nothing_of_the_page_comes_from_outside() -> None:
    own = [
        STATIC / "index.html",
        *SCRIPTS,
        *(STATIC / "css").glob("*.css"),
    ]
    addresses = {
        (path.name, address)
        for path in own
        for address in re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"')]*", path.read_text("utf-8"))
    }
    assert addresses == {
        ("dom.js", "http://www.w3.org/2000/svg"),
    }


def test_everything_the_page_names_is_there() -> None:
    names = re.findall(r'(?:src|href)="static/(?!vendor/)([^"]+)"', render_page("zh"))
    assert [name for name in names if not (STATIC / name).is_file()] == []
