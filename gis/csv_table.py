"""Read delimited text: its encoding by evidence, its delimiter by how the lines come out."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gis.encoding import Sample, decide
from gis.errors import FileProblem
from gis.findings import Finding, Severity
from gis.sheet import Sheet
from gis.text import Text, t
from gis.values import as_text

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_DELIMITERS = (",", "\t", ";", "|")
_LINES_TO_JUDGE_BY = 50
# A geometry written as text can be long.
csv.field_size_limit(64 << 20)


@dataclass(slots=True)
class CsvRows:
    """The rows of a CSV file, read one after another.

    Attributes
    ----------
    rows : iterator of list of str
        Values as they stand, row 1 first. Raises FileProblem, F01, at quotes that are not closed.
    encoding_evidence : Text
        How the encoding was found.
    findings : list of Finding
        Bytes that are no characters.
    """

    rows: Iterator[list[str]]
    encoding_evidence: Text
    findings: list[Finding]


def read_csv(path: Path, shown: str, given: str | None, dataset: str) -> Sheet:
    """Read a CSV or TSV file whole.

    Parameters
    ----------
    path : pathlib.Path
        Where the file is.
    shown : str
        The file as shown to people.
    given : str, optional
        Encoding as a person declared it (``--encoding``).
    dataset : str
        Name put into findings.

    Returns
    -------
    Sheet
        Values as they stand, blanks at the ends removed.

    Raises
    ------
    FileProblem
        F01: quotes that are not closed; F02: the encoding cannot be told; F06: the file is empty.
    """
    opened = open_csv(path, shown, given, dataset)
    rows = [[as_text(value) for value in row] for row in opened.rows]
    evidence, findings = opened.encoding_evidence, opened.findings
    return Sheet(Path(shown).stem, rows, path=shown, encoding_evidence=evidence, findings=findings)


def open_csv(path: Path, shown: str, given: str | None, dataset: str) -> CsvRows:
    """Read a CSV or TSV file row by row, for tables too long to be held as cells; see :func:`read_csv`."""
    raw = path.read_bytes()
    if not raw.strip(b" \t\r\n\0"):
        raise FileProblem(t("{path} is empty", path=shown), code="F06", value=shown)
    codec, evidence = _encoding(raw, shown, given)
    text = raw.decode(codec, errors="replace")
    return CsvRows(_rows(text, _delimiter(text), shown), evidence, _damaged_lines(text, raw, dataset))


def _rows(text: str, delimiter: str, shown: str) -> Iterator[list[str]]:
    number = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield row
            number += 1
    except csv.Error as error:
        message = t("{path}, row {row}: {reason}", path=shown, row=number + 1, reason=str(error))
        raise FileProblem(message, code="F01", value=shown) from error


def _encoding(raw: bytes, shown: str, given: str | None) -> tuple[str, Text]:
    for mark, codec, name in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return codec, t("{encoding}: it begins with a byte order mark", encoding=name)
    decision = decide(map(Sample, raw.splitlines()), path=shown, given=given)
    return decision.codec, decision.evidence


def _damaged_lines(text: str, raw: bytes, dataset: str) -> list[Finding]:
    """Report lines with bytes that are no characters."""
    if "\ufffd" not in text or "\ufffd".encode() in raw:
        return []
    message = t("Some bytes of the value are no characters and are shown as \ufffd")
    return [
        Finding("F09", Severity.WARNING, dataset, message, row=number, value=line[:80])
        for number, line in enumerate(text.splitlines(), start=1)
        if "\ufffd" in line
    ]


def _delimiter(text: str) -> str:
    """Choose the delimiter under which most lines have the same number of values, above one."""
    head = text[: 1 << 20]
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for number, row in enumerate(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)):
                if number >= _LINES_TO_JUDGE_BY:
                    break
                widths[len(row)] += bool(row)
        except csv.Error:
            continue
        width, lines = widths.most_common(1)[0] if widths else (0, 0)
        score = (round(lines / max(1, widths.total()), 1), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best
