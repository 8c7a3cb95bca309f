"""The table of valid division codes (区划代码表): what national and local lists hold.

The national statistics code (统计用区划代码) and the civil-affairs code have one form and need not agree, so
every row says which system it is of. Development zones and other functional areas have no code in
GB/T 2260: a city enters the ones it uses as rows of the standard ``local``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas
from numpy.typing import NDArray

from gis.columns import to_json
from gis.errors import UsageError
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.models import DATASETS
from gis.sheet import Sheet
from gis.staging import Staging, stage_frames
from gis.text import t
from grids.codes import WITHOUT_COUNTIES, normalise
from grids.coding.tables import CodeTable, read_code_tables
from grids.fields import DIVISION_CODE_FIELDS

STATISTICS, CIVIL, LOCAL = "statistics", "civil", "local"
"""Systems of codes: 统计用区划代码, 民政区划代码, and codes a city uses of its own."""

STANDARDS = {
    **dict.fromkeys((STATISTICS, "统计", "统计用", "统计用区划代码", "国家统计局"), STATISTICS),
    **dict.fromkeys((CIVIL, "民政", "民政部", "民政区划代码", "行政区划代码"), CIVIL),
    **dict.fromkeys((LOCAL, "地方", "自定", "自编", "功能区", "本地"), LOCAL),
}
LEVELS = {2: "province", 4: "prefecture", 6: "county", 9: "street", 12: "community"}
"""Levels by the length of their codes."""

_PARENT_DIGITS = {4: 2, 6: 4, 9: 6, 12: 9}
_FORM = r"\d{2}(?:\d{2}(?:\d{2}(?:\d{3}(?:\d{3})?)?)?)?"
_SHOWN = 20


def read_division_codes(paths: Sequence[Path], context: ImportContext) -> list[Sheet]:
    """Read tables of division codes, see :func:`grids.coding.tables.read_code_tables`."""
    return read_code_tables(paths, context, DIVISION_CODE_FIELDS)


def prepare_division_codes(tables: list[Sheet], context: ImportContext) -> Prepared:
    """Prepare a table of valid codes: provinces to communities, national or local.

    ``--set within=CODE`` keeps what lies in one division; ``--set standard=civil`` says which system the
    codes are of (``statistics`` by default). Refused are rows without a code (G13), national codes of
    another form (G14), codes given twice with different names (G08) and words for the standard that are
    not understood (R11).

    Parameters
    ----------
    tables : list of CodeTable
        From :func:`read_division_codes`.
    context : ImportContext
    """
    _refuse_unknown_standard(context.options.constants.get("standard"))
    frames = [(table.path, table.frame) for table in tables if isinstance(table, CodeTable)]
    staging = stage_frames(frames, DIVISION_CODE_FIELDS, context, dataset="division-codes", key="code")
    _settle_standards(staging)
    _settle_codes(staging)
    repeated = _find_repeated(staging)
    _fill(staging, context.options.source)
    _note(staging, tables, int(repeated.sum()))
    kept = ~(repeated | staging.refused)
    columns = DATASETS["division-codes"].columns
    return staging.prepared(pandas.DataFrame({name: staging.values(name)[kept] for name in columns}))


def _refuse_unknown_standard(word: str | None) -> None:
    if word is not None and word.strip().casefold() not in STANDARDS:
        raise UsageError(
            t("{value} is no system of division codes", value=word),
            field="--set standard",
            value=word,
            expected=f"{STATISTICS}, {CIVIL}, {LOCAL}",
        )


def _settle_standards(staging: Staging) -> None:
    words = staging.values("standard")
    known = {word: STANDARDS.get(word.strip().casefold()) for word in set(words) - {None}}
    for at in np.flatnonzero(_among(words, {word for word, system in known.items() if system is None})):
        staging.flag(
            at,
            "R11",
            Severity.ERROR,
            t("{word} is not understood", word=words[at]),
            field="standard",
            expected=f"{STATISTICS}, {CIVIL}, {LOCAL}",
        )
    staging.set("standard", [STATISTICS if word is None else known[word] for word in words])


def _settle_codes(staging: Staging) -> None:
    """Cut national codes to their level; report those that are missing or of another form."""
    codes = np.array([None if c is None else normalise(c) for c in staging.values("code")], dtype=object)
    missing = np.array([code is None for code in codes], dtype=bool)
    for at in np.flatnonzero(missing & ~staging.refused):
        message = t("Row {row} has no code", row=staging.row_number(at))
        staging.flag(at, "G13", Severity.ERROR, message, field="code")
    cut = cut_codes(pandas.Series(np.where(missing, "", codes), dtype=object))
    national = (cut.str.fullmatch(_FORM) & (cut != "00")).to_numpy(dtype=bool)
    local = _among(staging.values("standard"), {LOCAL})
    for at in np.flatnonzero(~national & ~local & ~missing & ~staging.refused):
        staging.flag(
            at,
            "G14",
            Severity.ERROR,
            t("{code} is no national division code", code=codes[at]),
            field="code",
            expected=t("2, 4, 6, 9 or 12 digits"),
            hint=t("Codes of a city's own are entered with --set standard=local"),
        )
    staging.set("code", np.where(national, cut.to_numpy(), codes))


def cut_codes(codes: pandas.Series[str]) -> pandas.Series[str]:
    """Do for a column what :func:`grids.codes.cut_code` does for a code; other texts stay as they are."""
    filled = codes.str.fullmatch(_FORM) & codes.str.endswith("00")
    plain = codes[filled]
    for length in (12, 9):
        plain = plain.where(~((plain.str.len() == length) & plain.str.endswith("000")), plain.str[:-3])
    for length in (6, 4):
        prefecture = (plain.str.len() == length) & plain.str.endswith("00") & ~plain.isin(WITHOUT_COUNTIES)
        plain = plain.where(~prefecture, plain.str[:-2])
    result = codes.copy()
    result[filled] = plain
    return result


def _find_repeated(staging: Staging) -> NDArray[np.bool_]:
    """Return the rows that an earlier row says already; refuse those that say another name (G08)."""
    rows = pandas.DataFrame({name: staging.values(name) for name in ("code", "name")}, dtype=object)
    rows = rows[~staging.refused]
    again = rows["code"].duplicated()
    first = rows.drop_duplicates("code").set_index("code")["name"]
    repeated = np.zeros(len(staging), dtype=bool)
    for at, code, name in rows[again].itertuples(name=None):
        known = first[code]
        repeated[at] = name is None or name == known
        if not repeated[at]:
            staging.flag(
                at,
                "G08",
                Severity.ERROR,
                t(
                    "Code {code} is that of {known} already",
                    code=code,
                    known=known or t("a row without name"),
                ),
                field="code",
                hint=t("Is it one table of one year? Leave out the row that does not hold"),
            )
    return repeated


def _fill(staging: Staging, source: str | None) -> None:
    """Derive level and parent from the code, put the class of town and country among the attributes."""
    codes = staging.values("code")
    lengths = np.array([0 if code is None else len(code) if code.isdecimal() else 0 for code in codes])
    stated = staging.values("level")
    local = _among(staging.values("standard"), {LOCAL})
    staging.set(
        "level",
        [
            stated[at] if local[at] and stated[at] else LEVELS.get(length)
            for at, length in enumerate(lengths.tolist())
        ],
    )
    staging.set("parent_code", [_parent(codes[at], length) for at, length in enumerate(lengths.tolist())])
    if source is not None:
        staging.fill("source", source)
    classes = {word: to_json({"urban_rural": word}) for word in set(staging.values("urban_rural")) - {None}}
    staging.set("attributes", [classes.get(word) for word in staging.values("urban_rural")])


def _parent(code: str | None, length: int) -> str | None:
    digits = _PARENT_DIGITS.get(length)
    return None if code is None or digits is None else code[:digits]


def _note(staging: Staging, tables: Sequence[Sheet], repeated: int) -> None:
    left_out = {h for table in tables if isinstance(table, CodeTable) for h in table.left_out}
    if left_out:
        names = ", ".join(sorted(left_out)[:_SHOWN])
        staging.notes.append(t("Columns that are not needed are left out: {names}", names=names))
    if repeated:
        staging.notes.append(t("{n} rows say what an earlier row says and are left out", n=repeated))


def _among(values: NDArray[np.object_], wanted: set[str]) -> NDArray[np.bool_]:
    return np.array([value in wanted for value in values], dtype=bool)
