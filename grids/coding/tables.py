"""Read long tables of division codes: only the columns wanted, only the rows below one division.

The national table has 660 000 rows. A CSV is read row by row, and what is not wanted is never held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path

import pandas

from gis.csv_table import open_csv
from gis.errors import FileProblem, UsageError
from gis.files import read_tables
from gis.importing import ImportContext
from gis.layer import ROW
from gis.mapping import Field
from gis.sheet import Sheet
from gis.sheet_tables import heading_row, plain_heading
from gis.tables import read_table
from gis.text import t
from gis.values import as_text
from grids.codes import cut_code, normalise

_HEAD = 30

FULL_NAMES = frozenset(("ext_name", "fullname", "full_name", "全称"))
"""Headings of full names, beside which a column ``name`` holds short ones."""


@dataclass(slots=True)
class CodeTable(Sheet):
    """A table of codes, held as columns: ``rows`` is empty.

    Attributes
    ----------
    frame : DataFrame
        Text columns under the headings as written, and ``_row``, the row of the sheet.
    left_out : tuple of str
        Headings of the columns that were not taken.
    """

    frame: pandas.DataFrame = field(default_factory=pandas.DataFrame)
    left_out: tuple[str, ...] = ()


def read_code_tables(paths: Sequence[Path], context: ImportContext, fields: Sequence[Field]) -> list[Sheet]:
    """Read tables of codes.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        ``.csv``, ``.xlsx``, also gzipped, in folders or archives.
    context : ImportContext
        ``--field`` names further columns; ``--set within=CODE`` keeps what lies in a division, and the
        divisions above it.
    fields : sequence of Field
        The first is that of the code.

    Returns
    -------
    list of CodeTable

    Raises
    ------
    UsageError, FileProblem
        As :func:`gis.files.read_tables`; F05 where a file has no row of headings.
    """
    options = context.options
    wanted = _Wanted(fields, dict(options.fields), _division(options.constants.get("within")))
    table: Callable[..., list[Sheet]] = partial(_read, wanted=wanted)
    return read_tables(paths, dataset=context.kind, encoding=options.encoding, table=table)


def _division(text: str | None) -> str:
    code = "" if text is None else cut_code(normalise(text))
    if code is None:
        raise UsageError(
            t("{value} is not the code of a division", value=text),
            field="--set within",
            value=text,
            expected=t("2, 4, 6, 9 or 12 digits"),
        )
    return code


@dataclass(frozen=True)
class _Wanted:
    """Which columns and rows are kept."""

    fields: Sequence[Field]
    given: dict[str, str]
    within: str

    def columns(self, headings: Sequence[str | None]) -> list[int]:
        """Return the positions of the columns that some field may want."""
        known = {plain_heading(name) for one in self.fields for name in (one.name, *one.aliases)}
        known |= set(map(plain_heading, self.given.values()))
        plain = [plain_heading(heading or "") for heading in headings]
        if "name" not in self.given and FULL_NAMES & set(plain):
            known.discard("name")
        return [at for at, heading in enumerate(plain) if heading and heading in known]

    def code_column(self, headings: Sequence[str | None]) -> int | None:
        """Return the position of the column with the codes."""
        code = self.fields[0]
        names = [self.given[code.name]] if code.name in self.given else [code.name, *code.aliases]
        plain = [plain_heading(heading or "") for heading in headings]
        return next((plain.index(name) for name in map(plain_heading, names) if name in plain), None)

    def holds(self, value: str | None) -> bool:
        """Tell whether a code lies in the division, or is one above it; what is no code is kept."""
        code = cut_code(normalise(value or ""))
        return code is None or code.startswith(self.within) or self.within.startswith(code)


def _read(path: Path, *, encoding: str | None, dataset: str, shown: str, wanted: _Wanted) -> list[Sheet]:
    """Read one file as tables of codes."""
    if path.suffix.lower() in (".csv", ".tsv"):
        opened = open_csv(path, shown, encoding, dataset)
        evidence, findings = opened.encoding_evidence, opened.findings
        whole = Sheet(Path(shown).stem, [], path=shown, encoding_evidence=evidence, findings=findings)
        tables = [_table(whole, opened.rows, wanted)]
    else:
        sheets = read_table(path, encoding=encoding, dataset=dataset, shown=shown)
        tables = [_table(sheet, iter(sheet.rows), wanted) for sheet in sheets]
    found: list[Sheet] = [table for table in tables if table is not None]
    if not found:
        raise FileProblem(
            t("{path} has no row of headings", path=shown),
            code="F05",
            value=shown,
            expected=", ".join((one.aliases or (one.name,))[0] for one in wanted.fields[:2]),
        )
    return found


def _table(sheet: Sheet, rows: Iterator[Sequence[str | None]], wanted: _Wanted) -> CodeTable | None:
    """Take the table out of a sheet, ``None`` when it has no headings."""
    head = [list(row) for row in islice(rows, _HEAD)]
    at = heading_row(Sheet(sheet.name, head), wanted.fields)
    if at is None:
        return None
    headings = head[at]
    columns, code = wanted.columns(headings), wanted.code_column(headings)
    data = chain(head[at + 1 :], rows)
    numbered = enumerate(data, start=at + 2)
    kept: Iterable[tuple[int, Sequence[str | None]]] = ((n, row) for n, row in numbered if any(row))
    if wanted.within and code is not None:
        kept = ((n, row) for n, row in kept if wanted.holds(_cell(row, code)))
    return CodeTable(
        sheet.name,
        [],
        path=sheet.path,
        encoding_evidence=sheet.encoding_evidence,
        findings=sheet.findings,
        frame=_frame([headings[column] or "" for column in columns], columns, kept),
        left_out=tuple(h for position, h in enumerate(headings) if h and position not in columns),
    )


def _frame(
    headings: list[str], columns: list[int], rows: Iterable[tuple[int, Sequence[str | None]]]
) -> pandas.DataFrame:
    values: list[list[str | None]] = [[] for _ in columns]
    numbers: list[int] = []
    for number, row in rows:
        numbers.append(number)
        for column, at in zip(values, columns, strict=True):
            column.append(_cell(row, at))
    frame = pandas.DataFrame(dict(zip(headings, values, strict=True)), dtype=object)
    return frame.assign(**{ROW: pandas.Series(numbers, dtype=int)})


def _cell(row: Sequence[str | None], at: int) -> str | None:
    """Return a cell as text, missing where the row is too short."""
    return as_text(row[at]) if at < len(row) else None
