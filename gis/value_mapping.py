"""Put the words of a delivery into those of the registry, as a mapping file says."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping

from gis.errors import UsageError
from gis.findings import Finding, Severity
from gis.text import t
from gis.texts import Texts

_LISTED = 20


def normalised(text: str) -> str:
    """Bring a heading or a word to the form in which they are compared: case, width, outer blanks."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def translate(
    values: Texts, words: Mapping[str, str], *, column: str, field: str, dataset: str
) -> tuple[Texts, list[Finding]]:
    """Replace the values of a column by those that a person gave for them.

    Parameters
    ----------
    values : Texts
        A column.
    words : mapping of str to str
        Values of the delivery to values of the registry; empty text stands for no value. Compared without
        regard to case, width and outer blanks.
    column, field : str
        Names of the column and of the field it is for.
    dataset : str
        Name put into findings.

    Returns
    -------
    values : Texts
        Values that are not listed stay as they are.
    findings : list of Finding
        F14 with the values that are neither listed nor what another is replaced by, most frequent first.

    Raises
    ------
    UsageError
        Two ways of writing one value are given different counterparts.
    """
    wanted = _by_form(words, field)
    coded = values.coded()
    known = wanted.keys() | {normalised(word) for word in wanted.values()}
    unlisted = {value: n for value, n in coded.counts().items() if normalised(value) not in known}
    translated = coded.map(lambda value: wanted.get(normalised(value), value) or None)
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
    unlisted: Mapping[str, int], column: str, field: str, words: Collection[str], dataset: str
) -> list[Finding]:
    if not unlisted:
        return []
    # Of values with one count the order is otherwise that of the rows
    ordered = sorted(unlisted.items(), key=lambda item: (-item[1], item[0]))
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
