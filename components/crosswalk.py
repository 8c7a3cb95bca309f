"""What a class of one edition is in another: by the table of the package only.

The table leads from 2007 and 2013 to 2026. The way back, and from 2007 to 2013 by way of 2026, is taken
where exactly one class leads there; where the table is silent, knows no counterpart or names several,
nothing is guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from components.class_info import check_edition
from components.class_tables import shipped_rows
from gis.errors import DataRefused, NotFound
from gis.text import Text, t

_NEWEST = "2026"
_SAME_NAME, _RENAMED, _AMBIGUOUS = "same name", "renamed", "ambiguous: choose by hand"
_PART, _SEVERAL, _SAME_EDITION = "part of a wider class", "several became one: choose by hand", "same edition"
RELATIONS: Mapping[str, Text] = MappingProxyType(
    {
        _SAME_NAME: t("same name"),
        "same name; 2013 entry itself inferred": t("same name; the entry of 2013 is itself inferred"),
        _RENAMED: t("renamed"),
        _AMBIGUOUS: t("ambiguous: choose by hand"),
        "split: choose by hand": t("split: choose by hand"),
        "no counterpart found": t("no counterpart found"),
        _PART: t("part of a wider class"),
        _SEVERAL: t("several became one: choose by hand"),
        _SAME_EDITION: t("same edition"),
    }
)
"""How a class is related to that of another edition, in the words of the table, and for people."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a class is in another edition.

    Attributes
    ----------
    codes : tuple of str
        Empty when there is no counterpart, several when a person has to choose.
    relation : str
        How the two are related, see :data:`RELATIONS`.
    by_way_of : str or None
        The edition between the two, where two tables were joined.
    """

    codes: tuple[str, ...]
    relation: str
    by_way_of: str | None = None

    @property
    def code(self) -> str | None:
        """The class, where the table gives exactly one."""
        return self.codes[0] if len(self.codes) == 1 else None


def convert_class(code: str, source: str, target: str, kind: str = "component") -> Conversion:
    """Look up what a class became, or was.

    Parameters
    ----------
    code : str
        Class code of the edition ``source``, without the county.
    source, target : str
        Editions.
    kind : str
        ``component`` or ``matter``.

    Raises
    ------
    UsageError
        There is no such edition or kind.
    NotFound
        The code is not in the table.
    """
    check_edition(source, kind)
    check_edition(target, kind)
    if source == target:
        return Conversion((code,), _SAME_EDITION)
    table = _table(source, target)
    found = table.get((kind, code))
    if found is None:
        raise NotFound(
            t(
                "Class {code} of {source} is not in the table to {target}",
                code=code,
                source=source,
                target=target,
            ),
            field="code",
            value=code,
        )
    return found


def the_class(code: str, source: str, target: str, kind: str = "component") -> str:
    """Return the one class that the table gives.

    Raises
    ------
    UsageError
        As for :func:`convert_class`.
    DataRefused
        The table does not have the code, knows no counterpart, or names several.
    """
    try:
        found = convert_class(code, source, target, kind)
    except NotFound as silent:
        raise DataRefused(silent.message, field="code", value=code) from silent
    if found.code is not None:
        return found.code
    texts = {"code": code, "source": source, "target": target}
    if not found.codes:
        raise DataRefused(
            t("Class {code} of {source} has no counterpart in {target}", **texts), field="code", value=code
        )
    raise DataRefused(
        t("Class {code} of {source} may be several classes in {target}", **texts),
        field="code",
        value=code,
        expected=", ".join(found.codes),
        hint=t("A person has to choose one, thing by thing"),
    )


@cache
def _table(source: str, target: str) -> Mapping[tuple[str, str], Conversion]:
    """Return the table between two editions, by kind and code."""
    if target == _NEWEST:
        return _to_newest(source)
    if source == _NEWEST:
        return _reversed(_to_newest(target))
    return _joined(_to_newest(source), _reversed(_to_newest(target)))


def _to_newest(source: str) -> dict[tuple[str, str], Conversion]:
    return {
        (row["kind"], row["code"]): Conversion(
            tuple(filter(None, row["code_2026"].split(";"))), row["relation"]
        )
        for row in shipped_rows("crosswalk.csv")
        if row["standard"] == source
    }


def _reversed(table: Mapping[tuple[str, str], Conversion]) -> dict[tuple[str, str], Conversion]:
    """Return the way back: every class that leads to a code, even among several, may be what it was."""
    came_from: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for (kind, code), conversion in table.items():
        for new in conversion.codes:
            relation = conversion.relation if conversion.code else _PART
            came_from[kind, new].append((code, relation))
    return {
        key: Conversion(
            tuple(code for code, _ in old),
            old[0][1] if len(old) == 1 else _SEVERAL,
        )
        for key, old in came_from.items()
    }


def _joined(
    first: Mapping[tuple[str, str], Conversion], second: Mapping[tuple[str, str], Conversion]
) -> dict[tuple[str, str], Conversion]:
    """Lead on from one table to the other.

    Where 2026 has no counterpart, that says nothing about the edition beyond it.
    """
    joined = {}
    for (kind, code), step in first.items():
        ends = [second[kind, middle] for middle in step.codes if (kind, middle) in second]
        # Were one of several possible classes left out, the rest would look like an answer.
        if ends and len(ends) == len(step.codes):
            codes = tuple(dict.fromkeys(end for conversion in ends for end in conversion.codes))
            joined[kind, code] = Conversion(codes, _joined_relation(step, ends, codes), _NEWEST)
    return joined


def _joined_relation(step: Conversion, ends: Sequence[Conversion], codes: Sequence[str]) -> str:
    if len(codes) > 1:
        return _AMBIGUOUS
    relations = {step.relation, *(end.relation for end in ends)}
    if _PART in relations:
        return _PART
    return _SAME_NAME if all(one.startswith(_SAME_NAME) for one in relations) else _RENAMED
