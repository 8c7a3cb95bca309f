"""Read the table of a shapefile (``.dbf``) as bytes, decoded by evidence.

The file is viewed as an array of records, without a copy per value: texts are decoded once per
distinct value. Values keep what is written in the file: a code in a numeric field wider than a
double can hold stays text, dates stay ``YYYYMMDD``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.dbf_texts import BLANK, RawTexts
from gis.encoding import ENOUGH_VALUES, Decision, Outcome, Sample, decide, decode
from gis.encoding_findings import contradicted
from gis.encoding_names import Declaration, declared_in_language_byte, given_codec, is_ascii_compatible
from gis.errors import FileProblem, UsageError
from gis.findings import Finding, Severity
from gis.layer import ROW
from gis.table import Column
from gis.text import Text, t
from gis.texts import Coded, release, texts_of

_HEADER_BYTES = 32
_FIELD_BYTES = 32
_NAME_BYTES = 11
_TEXT, _NUMBERS, _DATE, _LOGICAL, _MEMO = "C", "NF", "D", "L", "MGB"
# Integers up to so many digits fit 64 bits.
_INT64_DIGITS = 18
_END_OF_FIELDS = 0x0D
_PIECE = 1 << 17


@dataclass(frozen=True, slots=True)
class DbfField:
    """A column as the header describes it."""

    raw_name: bytes
    type: str
    width: int


@dataclass(frozen=True, slots=True)
class DbfTable:
    """A ``.dbf`` opened and found complete.

    Attributes
    ----------
    path : str
        The file as shown to people.
    fields : tuple of DbfField
        Its columns.
    count : int
        How many records it has, deleted ones included.
    """

    file: Path
    path: str
    fields: tuple[DbfField, ...]
    count: int
    offset: int
    record: np.dtype[Any]
    language_byte: int
    trailing_bytes: int

    def pieces(self) -> Iterator[NDArray[Any]]:
        """Yield the records piece by piece.

        Field ``i`` of the file is column ``f{i}``, ``deleted`` the mark of each record.
        """
        with self.file.open("rb") as stream:
            stream.seek(self.offset)
            left = self.count
            while left:
                piece = np.fromfile(stream, self.record, min(left, _PIECE))
                if not len(piece):
                    raise damaged(self.path, t("it became shorter while it was read"))
                left -= len(piece)
                yield piece


@dataclass(frozen=True, slots=True)
class DbfContent:
    """What stands in a ``.dbf``.

    Attributes
    ----------
    columns : dict of str to Texts or Series
        One row per record, deleted ones included, in order. Dates are texts; numbers are numbers, or
        texts where they have too many digits for one.
    deleted : ndarray of bool
        Which records are marked as deleted.
    decision : Decision
        The encoding.
    findings : list of Finding
        F09 for a declaration the bytes contradict and for damaged values, F13 for numbers written
        with fewer digits than they have.
    """

    columns: dict[str, Column]
    deleted: NDArray[np.bool_]
    decision: Decision
    findings: list[Finding]


def open_dbf(file: Path, path: str) -> DbfTable:
    """Read the header and map the records.

    Parameters
    ----------
    file : pathlib.Path
        Where the file is.
    path : str
        The file as shown to people.

    Raises
    ------
    FileProblem
        F01: not a DBF, or fewer records in it than the header declares.
    """
    size = file.stat().st_size
    with file.open("rb") as stream:
        head = stream.read(_HEADER_BYTES)
        if len(head) < _HEADER_BYTES:
            raise damaged(path, t("{n} bytes are too few for a header", n=size))
        count, header_length, record_length = struct.unpack_from("<IHH", head, 4)
        described = stream.read(max(0, header_length - _HEADER_BYTES))
    if len(described) < header_length - _HEADER_BYTES or header_length < _HEADER_BYTES:
        raise damaged(path, t("the header is cut off"))
    fields = _fields(described, record_length, path)
    present = (size - header_length) // record_length
    if present < count:
        raise damaged(path, t("{declared} records declared, {read} there", declared=count, read=present))
    # An end mark of one byte is usual.
    trailing = max(0, size - header_length - count * record_length - 1)
    record = _record(fields, record_length)
    return DbfTable(file, path, fields, count, header_length, record, head[29], trailing)


def read_dbf(table: DbfTable, *, declared: Declaration | None, given: str | None, dataset: str) -> DbfContent:
    """Decode a table.

    Parameters
    ----------
    table : DbfTable
        From :func:`open_dbf`.
    declared : Declaration, optional
        What the ``.cpg`` says; goes before the language byte.
    given : str, optional
        What a person says (``--encoding``).
    dataset : str
        Name put into findings.

    Raises
    ------
    FileProblem
        F02: the encoding cannot be told.
    """
    texts, numbers, deleted = _raw_columns(table)
    declarations = [d for d in (declared, declared_in_language_byte(table.language_byte)) if d is not None]
    if given is not None:
        _check_ascii_compatible(given)
    decision = decide(_samples(table, texts), path=table.path, declared=declarations, given=given)
    findings = contradicted(decision, table.path, dataset)
    columns: dict[str, Column] = {}
    for index, (field, name) in enumerate(zip(table.fields, _names(table, decision), strict=True)):
        if field.type in _MEMO:
            columns[name], found = Coded.constant(None, table.count), _memo(name, dataset)
        elif field.type in _NUMBERS:
            values, found = _numbers(numbers[index], name, table.path, dataset)
            columns[name] = _column(values)
        else:
            columns[name], found = _decoded(texts[index], field, name, decision.codec, dataset)
        findings += found
        texts.pop(index, None)
    release()
    return DbfContent(columns, deleted, decision, findings)


def _raw_columns(
    table: DbfTable,
) -> tuple[dict[int, RawTexts], dict[int, NDArray[np.bytes_]], NDArray[np.bool_]]:
    """Read all records once: what is written as text, the numbers without blanks, and which are deleted."""
    texts = {i: RawTexts() for i, field in enumerate(table.fields) if field.type not in _NUMBERS + _MEMO}
    numbers: dict[int, list[NDArray[np.bytes_]]] = {
        i: [np.zeros(0, "S1")] for i, field in enumerate(table.fields) if field.type in _NUMBERS
    }
    deleted = [np.zeros(0, dtype=bool)]
    for piece in table.pieces():
        deleted.append(np.asarray(piece["deleted"] == b"*"))
        for i, raw in texts.items():
            raw.add(piece[f"f{i}"])
        for i, parts in numbers.items():
            parts.append(np.char.strip(piece[f"f{i}"], BLANK))
    return texts, {i: np.concatenate(parts) for i, parts in numbers.items()}, np.concatenate(deleted)


def damaged(path: str, reason: Text) -> FileProblem:
    """Make the error of a file that is not what it should be (F01)."""
    return FileProblem(
        t("{path} is damaged: {reason}", path=path, reason=reason),
        code="F01",
        value=path,
        hint=t("Ask for the file again, or export it anew"),
    )


def _fields(described: bytes, record_length: int, path: str) -> tuple[DbfField, ...]:
    """Read the descriptions of the columns."""
    entries = []
    for start in range(0, len(described) - _FIELD_BYTES + 1, _FIELD_BYTES):
        if described[start] == _END_OF_FIELDS:
            break
        entries.append(described[start : start + _FIELD_BYTES])
    room = record_length - 1
    # The second byte of a text field's width is used by few writers, and holds junk of others.
    for wide in (False, True):
        fields = tuple(_field(entry, wide, path) for entry in entries)
        if fields and sum(field.width for field in fields) == room:
            return fields
    fields = tuple(_field(entry, False, path) for entry in entries)
    if not fields or sum(field.width for field in fields) > room:
        raise damaged(path, t("its columns do not add up to the length of a record"))
    return fields


def _field(entry: bytes, wide: bool, path: str) -> DbfField:
    kind = chr(entry[11])
    if kind not in _TEXT + _NUMBERS + _DATE + _LOGICAL + _MEMO:
        raise damaged(path, t("a column of type {type} does not occur in shapefiles", type=repr(kind)))
    width = entry[16] + ((entry[17] << 8) if wide and kind == _TEXT else 0)
    if width == 0:
        raise damaged(path, t("a column has no width"))
    return DbfField(entry[:_NAME_BYTES].split(b"\0")[0], kind, width)


def _record(fields: tuple[DbfField, ...], record_length: int) -> np.dtype[Any]:
    formats = ["S1", *(f"S{field.width}" for field in fields)]
    starts = np.cumsum([0, 1, *(field.width for field in fields)])[:-1]
    return np.dtype(
        {
            "names": ["deleted", *(f"f{i}" for i in range(len(fields)))],
            "formats": formats,
            "offsets": starts.tolist(),
            "itemsize": record_length,
        }
    )


def _check_ascii_compatible(given: str) -> None:
    if not is_ascii_compatible(given_codec(given)):
        raise UsageError(
            t("{value} cannot be the encoding of a .dbf", value=given), field="--encoding", value=given
        )


def _samples(table: DbfTable, texts: dict[int, RawTexts]) -> Iterator[Sample]:
    """Give what the encoding is judged by: names of columns, and values outside ASCII of each."""
    for field in table.fields:
        yield Sample(field.raw_name, full=len(field.raw_name) >= _NAME_BYTES - 1)
    for index, values in texts.items():
        if table.fields[index].type != _TEXT:
            continue
        width = table.fields[index].width
        for raw in values.telling(ENOUGH_VALUES):
            yield Sample(raw, full=len(raw) == width)


def _names(table: DbfTable, decision: Decision) -> list[str]:
    """Decode the column names; equal ones get a number."""
    names: list[str] = []
    for field in table.fields:
        sample = Sample(field.raw_name, full=len(field.raw_name) >= _NAME_BYTES - 1)
        name = decode(sample, decision.codec)[0].strip() or "field"
        unique, number = name, 2
        while unique in names or unique in (ROW, "geometry"):
            unique, number = f"{name}_{number}", number + 1
        names.append(unique)
    return names


def _decoded(
    values: RawTexts, field: DbfField, name: str, codec: str, dataset: str
) -> tuple[Column, list[Finding]]:
    """Decode a text column, and report values that are not valid."""
    findings: list[Finding] = []

    def tell(raw: bytes, row: int) -> str:
        text, outcome = decode(Sample(raw, full=len(raw) == field.width), codec)
        findings.append(_bad_value(outcome, row, name, text, dataset))
        return text

    if field.type == _TEXT:
        return values.decoded(codec, tell), findings
    found = values.decoded("latin-1", tell)
    if field.type == _LOGICAL:
        return pd.Series([_LOGICAL_VALUES.get(value or "") for value in found.objects()], dtype=object), []
    return found.map(lambda text: None if text == "00000000" else text), []


def _bad_value(outcome: Outcome, row: int, name: str, text: str, dataset: str) -> Finding:
    if outcome is Outcome.CUT:
        severity = Severity.INFO
        message = t("The field is too narrow for its value, whose last character is cut off")
    else:
        severity = Severity.WARNING
        message = t("Some bytes of the value are no characters and are shown as \ufffd")
    return Finding("F09", severity, dataset, message, row=row, field=name, value=text)


def _column(values: NDArray[Any]) -> Column:
    """Hold digits that are text as such."""
    series = pd.Series(values)
    is_text = values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) == "string"
    return texts_of(values) if is_text else series


_LOGICAL_VALUES = {**dict.fromkeys("TtYy", True), **dict.fromkeys("FfNn", False)}


def _numbers(
    raw: NDArray[np.bytes_], name: str, path: str, dataset: str
) -> tuple[NDArray[Any], list[Finding]]:
    """Read a numeric column: digits that no number type keeps stay text."""
    # A field full of asterisks stands for a number that did not fit.
    missing = (raw == b"") | np.char.startswith(raw, b"*")
    filled = np.where(missing, b"0", raw)
    digits = np.char.lstrip(filled, b"+-")
    if np.char.isdigit(digits).all():
        longest = int(np.char.str_len(digits).max(initial=0))
        padded = np.char.startswith(digits, b"0") & (np.char.str_len(digits) > 1)
        if longest > _INT64_DIGITS or padded.any():
            return _masked(_ascii(raw), missing), []
        whole = filled.astype(np.int64)
        return (_masked(whole, missing) if missing.any() else whole), []
    try:
        values = filled.astype(np.float64)
    except ValueError as error:
        raise damaged(
            path, t("column {name} holds what is no number: {error}", name=name, error=str(error))
        ) from error
    return np.where(missing, np.nan, values), _shortened(raw, name, dataset)


def _masked(values: NDArray[Any], missing: NDArray[np.bool_]) -> NDArray[np.object_]:
    out = values.astype(object)
    out[missing] = None
    return out


def _ascii(raw: NDArray[np.bytes_]) -> NDArray[np.object_]:
    return np.asarray(np.char.decode(raw, "latin-1"), dtype=object)


def _shortened(raw: NDArray[np.bytes_], name: str, dataset: str) -> list[Finding]:
    """Notice whole numbers written with an exponent and too few digits, such as 5.00113e+14."""
    for value in np.unique(raw[np.char.find(np.char.lower(raw), b"e") >= 0]).tolist():
        mantissa, _, exponent = value.lower().partition(b"e")
        digits = len(mantissa.lstrip(b"+-").replace(b".", b""))
        if exponent.lstrip(b"+").isdigit() and int(exponent) >= digits:
            row = int(np.flatnonzero(raw == value)[0]) + 1
            return [_digits_lost(value.decode("ascii", "replace"), row, name, dataset)]
    return []


def _digits_lost(value: str, row: int, name: str, dataset: str) -> Finding:
    return Finding(
        "F13",
        Severity.WARNING,
        dataset,
        t("Column {column} holds numbers written with fewer digits than they have", column=name),
        row=row,
        field=name,
        value=value,
        hint=t("Deliver codes as text"),
    )


def _memo(name: str, dataset: str) -> list[Finding]:
    message = t("Column {column} is a memo, kept in another file, and is not read", column=name)
    return [Finding("F10", Severity.WARNING, dataset, message, field=name)]
