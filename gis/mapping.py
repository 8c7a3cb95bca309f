"""Map the columns of a delivery to the fields of a dataset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.attributes import ATTRIBUTES, attributes_of
from gis.errors import UsageError
from gis.findings import Finding, Severity
from gis.layer import ROW
from gis.refused_rows import notes_among
from gis.table import Column, column_of
from gis.text import t
from gis.texts import Coded, Texts
from gis.value_mapping import normalised, translate
from gis.values import as_text, as_texts, unsure_digits

# A shapefile's column names have room for ten bytes.
_DBF_NAME_BYTES = 10


@dataclass(frozen=True, slots=True)
class Field:
    """A target field and the headings under which deliveries carry it.

    Attributes
    ----------
    name : str
        Column of the dataset.
    aliases : tuple of str
        Legacy names, 2026 pinyin names and Chinese headings, best first, matched without regard
        to case, width (NFKC) and surrounding blanks. The name itself always matches, first.
    required : bool
        A delivery without it gives F05.
    kind : str
        ``"text"`` (everything becomes text, numbers without exponent or trailing ``.0``) or
        ``"any"`` (values stay as they were read).
    """

    name: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    kind: str = "text"


def map_fields(
    frame: pd.DataFrame,
    fields: Sequence[Field],
    *,
    given: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
    dataset: str = "",
) -> tuple[pd.DataFrame, list[Finding]]:
    """Rename, convert and complete columns; keep the rest as JSON in ``attributes``.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        Source columns; ``_row`` and the geometry pass through.
    fields : sequence of Field
        Target fields.
    given : mapping of str to str, optional
        Target field to source column, as a person said (``--field``); beats the aliases. Empty text: no
        column is for this field, whatever its heading.
    constants : mapping of str to str, optional
        Target field to the value of every row (``--set``); beats any column.
    words : mapping of str to mapping of str to str, optional
        Target field to counterparts of the values of its column, see
        :func:`gis.value_mapping.translate`.
    dataset : str
        Name put into findings.

    Returns
    -------
    frame : DataFrame or GeoDataFrame
        One column per field (text fields: ``str`` or ``None``), ``attributes`` (JSON text or
        ``None``), ``_row`` and the geometry, in the order of the source.
    findings : list of Finding
        F05 for a required field without a column, F08 for columns kept as attributes, F13 for
        numbers whose last digits are lost, F14 for values without a counterpart.

    Raises
    ------
    UsageError
        ``given``, ``constants`` or ``words`` name a field that is not there, or a column that is not
        there.
    """
    passing = _passing(frame)
    columns = {str(name): column_of(frame[name]) for name in frame.columns if name not in passing}
    numbers = frame[ROW].to_numpy() if ROW in frame else np.arange(1, len(frame) + 1)
    mapped, findings = map_columns(
        columns, numbers, fields, given=given, constants=constants, words=words, dataset=dataset
    )
    first, last = [ROW] if ROW in frame else [], [name for name in frame.columns if name in passing - {ROW}]
    out = frame[[*first, *last]].copy()
    for name, column in mapped.items():
        values = column.objects() if isinstance(column, Texts) else column.to_numpy()
        dtype = object if isinstance(column, Texts) else column.dtype
        out[name] = pd.Series(values, index=frame.index, dtype=dtype)
    return out[[*first, *mapped, *last]], findings


def map_columns(
    columns: Mapping[str, Column],
    rows: NDArray[Any],
    fields: Sequence[Field],
    *,
    given: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
    dataset: str = "",
) -> tuple[dict[str, Column], list[Finding]]:
    """Do what :func:`map_fields` does for the columns of a table.

    Parameters
    ----------
    columns : mapping of str to Texts or Series
        Source columns.
    rows : ndarray of int
        1-based position of each row in its source.
    fields, given, constants, words, dataset
        As for :func:`map_fields`.

    Returns
    -------
    columns : dict of str to Texts or Series
        One per field, texts for text fields, and ``attributes``.
    findings : list of Finding
    """
    given, constants, words = given or {}, constants or {}, words or {}
    _check_targets(fields, {"--field": given, "--set": constants, "--map [values]": words})
    chosen = _choose(list(columns), fields, given, constants)
    findings = _missing(fields, chosen, constants, list(columns), dataset)
    out: dict[str, Column] = {}
    for field in fields:
        source = None if field.name in constants else chosen.get(field.name)
        if source is None:
            out[field.name] = Coded.constant(constants.get(field.name), len(rows))
            continue
        column = columns[source] if field.kind == "any" else as_texts(columns[source])
        if field.name in words:
            column, found = translate(
                as_texts(column), words[field.name], column=source, field=field.name, dataset=dataset
            )
            findings += found
        out[field.name] = column
        if field.kind == "text":
            findings += _lost_digits(columns[source], rows, source, dataset)
    passed_over = {*chosen.values(), *notes_among(columns)}
    rest = [name for name in columns if name not in passed_over]
    out[ATTRIBUTES] = attributes_of({name: columns[name] for name in rest}, len(rows))
    findings += _kept([name for name in rest if name != ATTRIBUTES], dataset)
    return out, findings


def _passing(frame: pd.DataFrame) -> set[str]:
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None:
        return {ROW, frame.active_geometry_name}
    return {ROW}


def _check_targets(fields: Sequence[Field], options: Mapping[str, Mapping[str, Any]]) -> None:
    names = [field.name for field in fields]
    for option, mapping in options.items():
        for target in mapping:
            if target not in names:
                raise UsageError(
                    t("{option}: there is no field {target}", option=option, target=target),
                    field=option,
                    value=target,
                    expected=t("one of {names}", names=", ".join(names)),
                )


def _choose(
    columns: Sequence[str], fields: Sequence[Field], given: Mapping[str, str], constants: Mapping[str, str]
) -> dict[str, str]:
    """Pick a source column for each field; a column serves one field only."""
    chosen = {target: _find_given(columns, source, target) for target, source in given.items() if source}
    free = [name for name in columns if name not in chosen.values()]
    # All own names before any alias: an alias of one field may be the name of another.
    for headings in (_own_names(fields), _aliases(fields), _truncations(fields)):
        for target, candidates in headings.items():
            source = _match(candidates, free)
            if source is not None and not any(target in told for told in (chosen, given, constants)):
                chosen[target] = source
                free.remove(source)
    return chosen


def _find_given(columns: Sequence[str], source: str, target: str) -> str:
    if source in columns:
        return source
    alike = [name for name in columns if normalised(name) == normalised(source)]
    if len(alike) == 1:
        return alike[0]
    raise UsageError(
        t("--field {target}={source}: there is no column {source}", target=target, source=source),
        field="--field",
        value=source,
        expected=t("one of {names}", names=", ".join(columns)),
    )


def _match(headings: Sequence[str], free: Sequence[str]) -> str | None:
    by_heading = {normalised(name): name for name in reversed(free)}
    return next((by_heading[heading] for heading in headings if heading in by_heading), None)


def _own_names(fields: Sequence[Field]) -> dict[str, list[str]]:
    return {field.name: [normalised(field.name)] for field in fields}


def _aliases(fields: Sequence[Field]) -> dict[str, list[str]]:
    return {field.name: [normalised(alias) for alias in field.aliases] for field in fields}


def _truncations(fields: Sequence[Field]) -> dict[str, list[str]]:
    """List what a shapefile makes of headings too long for it, where that points to one field."""
    targets: dict[str, set[str]] = defaultdict(set)
    for field in fields:
        for heading in (field.name, *field.aliases):
            for encoding in ("gb18030", "utf-8"):
                encoded = heading.encode(encoding)
                if len(encoded) > _DBF_NAME_BYTES:
                    cut = encoded[:_DBF_NAME_BYTES].decode(encoding, errors="ignore")
                    targets[normalised(cut)].add(field.name)
    return {field.name: [cut for cut, names in targets.items() if names == {field.name}] for field in fields}


def _missing(
    fields: Sequence[Field],
    chosen: Mapping[str, str],
    constants: Mapping[str, str],
    columns: Sequence[str],
    dataset: str,
) -> list[Finding]:
    return [
        Finding(
            "F05",
            Severity.ERROR,
            dataset,
            t("No column for the required field {field}", field=field.name),
            field=field.name,
            expected=t("one of the headings {names}", names=", ".join((field.name, *field.aliases))),
            hint=t(
                "Say which column holds it with --field {field}=COLUMN; the columns are {names}",
                field=field.name,
                names=", ".join(columns) or "–",
            ),
        )
        for field in fields
        if field.required and field.name not in chosen and field.name not in constants
    ]


def _lost_digits(values: Column, rows: NDArray[Any], source: str, dataset: str) -> list[Finding]:
    if isinstance(values, Texts):
        return []
    unsure = unsure_digits(values).to_numpy()
    if not unsure.any():
        return []
    first = int(np.argmax(unsure))
    return [
        Finding(
            "F13",
            Severity.WARNING,
            dataset,
            t(
                "Column {column} holds {n} numbers of more than 15 digits as floating point: their "
                "last digits are not reliable",
                column=source,
                n=int(unsure.sum()),
            ),
            row=int(rows[first]),
            field=source,
            value=as_text(values.iloc[first]),
            hint=t("Deliver codes as text"),
        )
    ]


def _kept(names: Sequence[str], dataset: str) -> list[Finding]:
    if not names:
        return []
    listed = ", ".join(names)
    message = t("Columns without a field of their own are kept as attributes: {names}", names=listed)
    return [Finding("F08", Severity.INFO, dataset, message, value=listed)]
