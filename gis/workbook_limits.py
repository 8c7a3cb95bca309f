"""Refuse workbooks whose reader would not come to an end, before it opens them.

A few kilobytes can ask openpyxl for billions of cells: by a merged block or a link over the whole sheet, by
cells without content packed a thousand to one, by definitions that unpack to more of themselves.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from openpyxl.utils import column_index_from_string

from gis.archives import Limits, check_package
from gis.errors import FileProblem
from gis.text import Text, t

_PACKAGE = Limits(total_bytes=512 << 20)
_MOST_MERGED = 2_000_000
# A cell with a number is four tags: what openpyxl reads in a minute or two.
_MOST_TAGS = 20_000_000
# A cell of a block with a link takes openpyxl as long as so many others.
_WEIGHT_OF_LINK = 20
_BLOCK = re.compile(
    rb"<(?:\w+:)?(mergeCell|hyperlink)\s[^>]*?"
    rb"""\bref=["']\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})["']"""
)
_SPELT_OTHERWISE = re.compile(rb"<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*[\"'][^\"'>]*&")
_DEFINITIONS = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.I)


def check_workbook(path: Path, shown: str) -> None:
    """Look into the parts of a workbook.

    Parameters
    ----------
    path : pathlib.Path
        Where the file is.
    shown : str
        The file as shown to people.

    Raises
    ------
    FileProblem
        F01: no sound package; F07: it unpacks to too much, holds too many cells, merged ones or ones with
        links, or XML that defines entities.
    """
    check_package(path, shown, _PACKAGE)
    merged = tags = 0
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            xml = package.read(name).replace(b"\0", b"")  # UTF-16 reads like the rest
            if _DEFINITIONS.search(xml) and not name.endswith(".svg"):
                raise _refused(
                    shown, t("it holds definitions of its own (DOCTYPE), which workbooks have not")
                )
            tags += xml.count(b"<")
            merged += _cells_of_blocks(xml)
    if merged > _MOST_MERGED:
        message = t("{path}: {n} merged cells are too many", path=shown, n=merged)
        raise FileProblem(message, code="F07", value=shown)
    if tags > _MOST_TAGS:
        reason = t("it holds more cells than can be read in good time")
        raise _refused(shown, reason, hint=t("Save its sheets as .csv"))


def _cells_of_blocks(xml: bytes) -> int:
    """Count cells of merged blocks and links; what is spelt so that it cannot be counted is too many."""
    if _SPELT_OTHERWISE.search(xml):
        return _MOST_MERGED + 1
    total = 0
    for kind, left, top, right, bottom in _BLOCK.findall(xml):
        width = abs(_number(right) - _number(left)) + 1
        weight = _WEIGHT_OF_LINK if kind == b"hyperlink" else 1
        total += weight * width * (abs(int(bottom) - int(top)) + 1)
    return total


def _number(column: bytes) -> int:
    return column_index_from_string(column.decode().upper())


def _refused(shown: str, reason: Text, *, hint: Text | None = None) -> FileProblem:
    message = t("{path} is refused as unsafe: {reason}", path=shown, reason=reason)
    return FileProblem(message, code="F07", value=shown, hint=hint)
