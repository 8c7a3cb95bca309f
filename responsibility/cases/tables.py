"""Pages of plain tables, and files that appear under their name when they are whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gis.errors import UsageError
from gis.report_html import STYLE
from gis.report_tables import escape
from gis.text import Text, current_language, t

SUFFIXES = (".html", ".csv", ".json")

Cells = Sequence[object]


def check_paths(paths: Iterable[Path], field: str = "--out") -> None:
    """Refuse unknown extensions and missing folders before any work is done.

    Raises
    ------
    UsageError
    """
    for path in paths:
        if path.suffix.lower() not in SUFFIXES or not path.absolute().parent.is_dir():
            raise UsageError(
                t("The report cannot be written as {path}", path=str(path)),
                field=field,
                value=str(path),
                expected=t("{suffixes}, in a folder that exists", suffixes=", ".join(SUFFIXES)),
            )


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a path to write to; what was written takes the name asked for at the end, if it ends well."""
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=f".{path.stem}-") as folder:
        part = Path(folder) / path.name
        yield part
        part.replace(path)


def page(heading: Text, parts: Iterable[str]) -> str:
    """Write a page in the current language; nothing is loaded from outside."""
    title = escape(heading)
    return "\n".join(
        [
            f'<!doctype html><html lang="{current_language()}"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>",
            *parts,
            "</body></html>",
        ]
    )


def paragraph(text: object) -> str:
    """Write a paragraph."""
    return f"<p>{escape(text)}</p>"


def section(heading: object, headings: Cells, rows: Iterable[Cells]) -> str:
    """Write a table under a heading; numbers stand to the right. Empty where there are no rows."""
    body = ["".join(map(_cell, row)) for row in rows]
    if not body:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in headings)
    lines = "\n".join(f"<tr>{cells}</tr>" for cells in body)
    return (
        f'<section><h2>{escape(heading)}</h2><div style="overflow-x: auto">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div></section>"
    )


def _cell(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"<td>{escape(value)}</td>"
    return f"<td class=n>{escape(value)}</td>"
