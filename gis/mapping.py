"""Map the columns of a delivery to the fields of a dataset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd

from gis.errors import UsageError
from gis.findings import Finding, Severity
from gis.layer import ROW
from gis.text import t
from gis.value_mapping import normalised, translate
from gis.values import EXACT_DOUBLE, as_text, column_as_text, unsure_digits

ATTRIBUTES = "attributes"
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
    given, constants, words = given or {}, constants or {}, words or {}
    _check_targets(fields, {"--field": given, "--set": constants, "--map [values]": words})
    columns = [name for name in map(str, frame.columns) if name not in _passing(frame)]
    chosen = _choose(columns, fields, given, constants)
    out = frame[[name for name in frame.columns if name in _passing(frame)]].copy()
    findings = _missing(fields, chosen, constants, columns, dataset)
    for field in fields:
        source = None if field.name in constants else chosen.get(field.name)
        values = _values(frame, source, constants.get(field.name), field.kind)
        if source is not None and field.name in words:
            values, found = translate(
                column_as_text(values), words[field.name], column=source, field=field.name, dataset=dataset
            )
            findings += found
        out[field.name] = values
        if source is not None and field.kind == "text":
            findings += _lost_digits(frame, source, dataset)
    rest = [name for name in columns if name not in set(chosen.values())]
    out[ATTRIBUTES] = _attributes(frame, rest)
    findings += _kept([name for name in rest if name != ATTRIBUTES], dataset)
    return _in_order(out, frame, fields), findings


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


def _values(frame: pd.DataFrame, source: str | None, constant: str | None, kind: str) -> Any:
    if constant is not None:
        return pd.Series([constant] * len(frame), index=frame.index, dtype=object)
    if source is None:
        return pd.Series([None] * len(frame), index=frame.index, dtype=object)
    return column_as_text(frame[source]) if kind == "text" else frame[source]


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


def _lost_digits(frame: pd.DataFrame, source: str, dataset: str) -> list[Finding]:
    unsure = unsure_digits(frame[source])
    if not unsure.any():
        return []
    first = int(np.flatnonzero(unsure.to_numpy())[0])
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
            row=int(frame[ROW].iloc[first]) if ROW in frame else None,
            field=source,
            value=as_text(frame[source].iloc[first]),
            hint=t("Deliver codes as text"),
        )
    ]


def _attributes(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series[Any]:
    """Write the remaining columns of each row as a JSON object; missing values are left out."""
    columns = [_members(frame[name], name) for name in names]
    texts = [",".join(filter(None, row)) for row in zip(*columns, strict=True)]
    objects: list[str | None] = [f"{{{text}}}" if text else None for text in texts]
    return pd.Series(objects or [None] * len(frame), index=frame.index, dtype=object)


def _members(values: pd.Series[Any], name: str) -> list[str]:
    """Write a column as members of JSON objects, once per distinct value."""
    write = _spread if name == ATTRIBUTES else partial(_member, name)
    if values.dtype == object:
        known: dict[Any, str] = {}
        return [known.get(v) or known.setdefault(v, write(v)) if _is_plain(v) else write(v) for v in values]
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    lookup = [*map(write, distinct), ""]
    return [lookup[code] for code in codes]


def _is_plain(value: Any) -> bool:
    """Tell values apart that may share a result from 1, 1.0 and True, which are equal."""
    return isinstance(value, str)


def _member(name: str, value: Any) -> str:
    plain = _plain(value)
    if plain is None:
        return ""
    return f"{orjson.dumps(name).decode()}:{orjson.dumps(plain).decode()}"


def _spread(value: Any) -> str:
    """Take apart the ``attributes`` of an earlier export, so that they do not nest deeper each time."""
    try:
        parsed = orjson.loads(value) if isinstance(value, str) else value
    except orjson.JSONDecodeError:
        parsed = value
    if not isinstance(parsed, dict):
        return _member(ATTRIBUTES, parsed)
    return ",".join(filter(None, (_member(str(name), item) for name, item in parsed.items())))


def _plain(value: Any) -> Any:
    """Make a value fit for JSON: numbers and truth values stay, the rest becomes text."""
    if isinstance(value, str):
        return as_text(value)
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        # JSON readers keep 53 bits; longer numbers are codes and stay whole as text.
        return int(value) if abs(int(value)) <= EXACT_DOUBLE else str(int(value))
    if isinstance(value, (float, np.floating)) and np.isfinite(value):
        number = float(value)
        return int(number) if number.is_integer() and abs(number) <= EXACT_DOUBLE else number
    return value if isinstance(value, (dict, list)) else as_text(value)


def _kept(names: Sequence[str], dataset: str) -> list[Finding]:
    if not names:
        return []
    listed = ", ".join(names)
    message = t("Columns without a field of their own are kept as attributes: {names}", names=listed)
    return [Finding("F08", Severity.INFO, dataset, message, value=listed)]


def _in_order(out: pd.DataFrame, frame: pd.DataFrame, fields: Sequence[Field]) -> pd.DataFrame:
    passing = [name for name in frame.columns if name in _passing(frame)]
    first = [name for name in passing if name == ROW]
    last = [name for name in passing if name != ROW]
    return out[[*first, *(field.name for field in fields), ATTRIBUTES, *last]]
