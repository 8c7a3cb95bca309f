"""Put the words of a delivery into those of the registry, as a mapping file says."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from gis.errors import UsageError
from gis.findings import Finding, Severity
from gis.text import t

_LISTED = 20


def normalised(text: str) -> str:
    """Bring a heading or a word to the form in which they are compared: case, width, outer blanks."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def translate(
    values: pd.Series[Any], words: Mapping[str, str], *, column: str, field: str, dataset: str
) -> tuple[pd.Series[Any], list[Finding]]:
    """Replace the values of a column by those that a person gave for them.

    Parameters
    ----------
    values : Series of str or None
        A column as text.
    words : mapping of str to str
        Values of the delivery to values of the registry; empty text stands for no value. Compared without
        regard to case, width and outer blanks.
    column, field : str
        Names of the column and of the field it is for.
    dataset : str
        Name put into findings.

    Returns
    -------
    values : Series of str or None
        Values that are not listed stay as they are.
    findings : list of Finding
        F14 with the values that are neither listed nor what another is replaced by, most frequent first.

    Raises
    ------
    UsageError
        Two ways of writing one value are given different counterparts.
    """
    wanted = _by_form(words, field)
    counts = values.value_counts()
    table = {value: wanted.get(normalised(value), value) or None for value in counts.index}
    translated = pd.Series([table.get(value) for value in values], index=values.index, dtype=object)
    known = wanted.keys() | {normalised(word) for word in wanted.values()}
    unlisted = counts[[normalised(value) not in known for value in counts.index]]
    return translated, _tell(unlisted, column, field, words, dataset)


def _by_form(words: Mapping[str, str], field: str) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for word, counterpart in words.items():
        if wanted.setdefault(normalised(word), counterpart) != counterpart:
            raise UsageError(
                t("[values.{field}] gives {word} two counterparts", field=field, word=word),
                field="--map",
                value=word,
                expected=t("one of {names}", names=f"{wanted[normalised(word)]}, {counterpart}"),
            )
    return wanted


def _tell(
    unlisted: pd.Series[Any], column: str, field: str, words: Collection[str], dataset: str
) -> list[Finding]:
    if unlisted.empty:
        return []
    # Of values with one count the order is otherwise that of the rows
    ordered = sorted(unlisted.items(), key=lambda item: (-item[1], str(item[0])))
    listed = ", ".join(f"{value} ({count})" for value, count in ordered[:_LISTED])
    return [
        Finding(
            "F14",
            Severity.WARNING,
            dataset,
            t(
                "Column {column} has {n} values that the mapping does not list: {values}",
                column=column,
                n=len(ordered),
                values=listed + (" …" if len(ordered) > _LISTED else ""),
            ),
            field=field,
            value=listed,
            expected=t("one of {names}", names=", ".join(words)),
            hint=t(
                "Add them under [values.{field}]; rows that are nothing of the kind are refused", field=field
            ),
        )
    ]
