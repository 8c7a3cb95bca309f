"""Read MapInfo tables (``.tab``) and interchange files (``.mif``), their text decoded by evidence.

GDAL decodes by the character set the header names, or not at all; so it is given a header that names none,
and the bytes are decided on as everywhere.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from gis.delivery import Item
from gis.encoding import Decision, Sample, decide, decode
from gis.encoding_findings import contradicted
from gis.encoding_names import Declaration, codec_of
from gis.errors import FileProblem
from gis.findings import Finding, Severity
from gis.layer import RawLayer, StatedCrs, table_of
from gis.ogr import layer_info, read_bytes, read_geometries
from gis.ogr_layers import numbered, unreadable
from gis.text import t

_CHARSET = re.compile(rb'(!charset\s+)([\w-]+)|(\n\s*charset\s+)"([\w-]+)"', re.I)
_CHARSETS = {
    "windowssimpchinese": "936",
    "windowstradchinese": "950",
    "windowsjapanese": "932",
    "windowskorean": "949",
    "windowslatin1": "1252",
    "utf-8": "65001",
    "utf8": "65001",
}
_NO_CHARSET = b"Neutral"
_HEAD = 256 << 10


def read_mapinfo(item: Item, *, encoding: str | None, dataset: str) -> RawLayer:
    """Read a MapInfo table of five files.

    Parameters
    ----------
    item : Item
        The ``.tab`` and its side files.
    encoding : str, optional
        Encoding as a person declared it.
    dataset : str
        Name put into findings.

    Raises
    ------
    FileProblem
        F01: no MapInfo table, or damaged; F02: the encoding cannot be told; F10: a file is missing.
    """
    _require(item, b"!table", (".dat", ".map", ".id"))
    return _read(item, encoding, dataset)


def read_interchange(item: Item, *, encoding: str | None, dataset: str) -> RawLayer:
    """Read a MapInfo interchange file and its ``.mid``; parameters and errors as :func:`read_mapinfo`."""
    _require(item, b"version", (".mid",))
    return _read(item, encoding, dataset)


def _require(item: Item, start: bytes, parts: tuple[str, ...]) -> None:
    with item.file.open("rb") as stream:
        if not stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(start):
            raise unreadable(item.shown, t("it does not begin like a MapInfo file"))
    missing = [suffix for suffix in parts if suffix not in item.parts]
    if missing:
        raise FileProblem(
            t("{path} cannot be read without its {files}", path=item.shown, files=", ".join(missing)),
            code="F10",
            value=item.shown,
        )


def _read(item: Item, encoding: str | None, dataset: str) -> RawLayer:
    main = next(iter(item.parts))
    header = item.file.read_bytes()
    declared = _declared(header)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"layer{main}"
        source.write_bytes(_without_charset(header))
        for suffix, part in item.parts.items():
            if suffix != main:
                source.with_suffix(suffix).symlink_to(part.resolve())
        info = layer_info(str(source), None, shown=item.shown, encoding="ISO-8859-1")
        if info.driver != "MapInfo File":
            raise unreadable(item.shown, t("it does not begin like a MapInfo file"))
        columns = read_bytes(str(source), shown=item.shown)
        geometries, findings = read_geometries(str(source), shown=item.shown, dataset=dataset)
    decision = _decide(columns, declared, encoding, item.shown)
    frame, damaged = _decoded(columns, decision.codec, dataset)
    frame = numbered(frame, geometries, item.shown)
    stated = (
        None if info.crs is None or _is_drawing(info.crs) else StatedCrs(info.crs, t("the header says so"))
    )
    findings += [*contradicted(decision, item.shown, dataset), *damaged]
    return RawLayer(item.shown, item.name, table_of(frame, geometries), stated, decision.evidence, findings)


def _declared(header: bytes) -> list[Declaration]:
    found = _CHARSET.search(header[:_HEAD])
    if found is None:
        return []
    said = (found[2] or found[4]).decode("ascii", "replace")
    codec = codec_of(_CHARSETS.get(said.lower(), ""))
    return [] if codec is None else [Declaration(t("the character set in the header"), said, codec)]


def _without_charset(header: bytes) -> bytes:
    def neutral(found: re.Match[bytes]) -> bytes:
        return found[1] + _NO_CHARSET if found[1] else found[3] + b'"' + _NO_CHARSET + b'"'

    return _CHARSET.sub(neutral, header, count=1)


def _decide(
    columns: list[tuple[bytes, np.ndarray]], declared: list[Declaration], given: str | None, shown: str
) -> Decision:
    names = [Sample(name) for name, _ in columns]
    values = {value for _, column in columns if column.dtype == object for value in column if value}
    texts = [Sample(value) for value in sorted(value for value in values if isinstance(value, bytes))]
    return decide([*names, *texts], path=shown, declared=declared, given=given)


def _decoded(
    columns: list[tuple[bytes, np.ndarray]], codec: str, dataset: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Decode names and values; report values with bytes that are no characters."""
    frame: dict[str, np.ndarray] = {}
    findings: list[Finding] = []
    text: Callable[[bytes], str] = lambda raw: decode(Sample(raw), codec)[0].strip()  # noqa: E731
    for raw_name, column in columns:
        name = text(raw_name) or "field"
        while name in frame:
            name = f"{name}_2"
        if column.dtype == object:
            column = np.array([text(v) or None if isinstance(v, bytes) else v for v in column], dtype=object)
            bad = [row for row, value in enumerate(column, 1) if isinstance(value, str) and "\ufffd" in value]
            findings += [_damaged(row, name, column[row - 1], dataset) for row in bad]
        frame[name] = column
    return pd.DataFrame(frame), findings


def _damaged(row: int, name: str, value: str, dataset: str) -> Finding:
    message = t("Some bytes of the value are no characters and are shown as \ufffd")
    return Finding("F09", Severity.WARNING, dataset, message, row=row, field=name, value=value)


def _is_drawing(crs: str) -> bool:
    """Tell MapInfo's planes without a place on earth."""
    return crs.startswith(("LOCAL_CS", "ENGCRS"))
