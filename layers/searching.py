"""Free text search (``q``) over names, codes and places in words.

A term is found where it stands, anywhere within a text: Chinese is written without blanks, so there
are no words to index. Upper and lower case of ASCII letters are the same on both databases.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, String, Table, bindparam, or_

from gis.errors import UsageError
from gis.text import t
from layers.layer import Layer

#: Of the published properties these are searched.
SEARCHED = (
    *("id", "code", "legacy_code", "name", "aliases", "former_names", "address", "street_name"),
    *("position_text", "number", "from_name", "to_name", "unit_name", "owner_name"),
)

#: Terms of one search, and characters of one of them.
MAX_TERMS, MAX_LENGTH = 8, 100

_ESCAPE = "\\"


def searched_properties(layer: Layer) -> tuple[str, ...]:
    """Return the published properties that free text is looked for in."""
    return tuple(name for name in layer.properties if name in SEARCHED)


def search_terms(text: str) -> tuple[str, ...]:
    """Read ``q``: terms separated by commas, of which one is enough; blanks belong to a term.

    Parameters
    ----------
    text : str
        As it was written.

    Returns
    -------
    tuple of str

    Raises
    ------
    UsageError
        If there is no term, there are too many, or one is too long.
    """
    terms = tuple(dict.fromkeys(filter(None, (" ".join(part.split()) for part in text.split(",")))))
    if not terms or len(terms) > MAX_TERMS or max(map(len, terms)) > MAX_LENGTH:
        raise UsageError(
            t("Nothing can be searched by {value}", value=repr(text[: 2 * MAX_LENGTH])),
            field="q",
            value=text[: 2 * MAX_LENGTH],
            expected=t(
                "1 to {terms} terms separated by commas, each of up to {length} characters",
                terms=MAX_TERMS,
                length=MAX_LENGTH,
            ),
        )
    return terms


def search_clause(layer: Layer, table: Table, terms: int) -> ColumnElement[bool]:
    """Return the condition that a row holds one of the terms.

    Parameters
    ----------
    layer : Layer
        What is searched.
    table : Table
        Its live or history table.
    terms : int
        How many there are, bound as :func:`search_values` names them.
    """
    patterns = [bindparam(_name(place), type_=String()) for place in range(terms)]
    return or_(
        *(
            table.c[name].ilike(pattern, escape=_ESCAPE)
            for pattern in patterns
            for name in searched_properties(layer)
        )
    )


def search_values(terms: tuple[str, ...]) -> dict[str, str]:
    """Return the values of the parameters of :func:`search_clause`."""
    return {_name(place): f"%{_escaped(term)}%" for place, term in enumerate(terms)}


def _name(place: int) -> str:
    return f"q_{place}"


def _escaped(term: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        term = term.replace(special, _ESCAPE + special)
    return term
