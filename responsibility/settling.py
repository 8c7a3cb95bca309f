"""Bring the words of areas and agreements to those of the registry: units, classes, states, dates."""

from __future__ import annotations

import numpy as np

from components.catalogue import Catalogue
from components.class_info import STANDARDS, plain_name
from gis.columns import to_json
from gis.dates import compact, parse_date
from gis.enumerations import split_list
from gis.findings import Severity
from gis.importing import ImportContext
from gis.staging import Staging
from gis.text import Text, t
from responsibility.organisations import read_organisations

NO_CLASSES = "-"
HANDOVER = ("未移交", "质保期", "在建", "已移交")
_YES = {"是": True, "否": False, "true": True, "false": False, "1": True, "0": False, "y": True, "n": False}


def settle_units(
    staging: Staging, context: ImportContext, fields: tuple[tuple[str, str | None], ...]
) -> None:
    """Look units up in the table of organisations (R06): by code, else by name.

    Without organisations in the registry nothing can be said, and units stay as they are.

    Parameters
    ----------
    staging : Staging
        Rows.
    context : ImportContext
        With the registry.
    fields : tuple of (str, str or None)
        Field of the code, and field of the name where there is one.
    """
    known = read_organisations(context.registry)
    if not len(known):
        staging.notes.append(t("The registry has no organisations: units are not looked up"))
        return
    for code_field, name_field in fields:
        codes = staging.values(code_field).copy()
        names = staging.values(name_field) if name_field else np.full(len(staging), None, dtype=object)
        replaced: dict[int, str] = {}
        for at, (code, name) in enumerate(zip(codes, names, strict=True)):
            unit = known.lookup(code, name)
            if unit is not None:
                codes[at] = unit.code
                replaced |= {at: code} if code not in (None, unit.code) else {}
            elif code is not None or name is not None:
                message = t("Unit {unit} is not in the table of organisations", unit=name or code)
                flag_wording(staging, at, "R06", message, code_field)
        staging.set(code_field, codes)
        staging.keep(code_field, replaced)


def settle_class_lists(staging: Staging, catalogue: Catalogue) -> list[set[str] | None]:
    """Turn lists of classes into JSON, and report words that are no class (R05).

    A class code of any edition, a major class of two digits, the name of a class or of a group are
    understood; ``-`` means none.

    Parameters
    ----------
    staging : Staging
        Rows with a field ``classes``.
    catalogue : Catalogue
        The classes there are.

    Returns
    -------
    list of (set of str or None)
        Codes of each row, None for all classes.
    """
    lists: list[set[str] | None] = []
    texts: list[str | None] = []
    for at, text in enumerate(staging.values("classes")):
        codes: list[str] = []
        for word in split_list(text):
            found = [NO_CLASSES] if word == NO_CLASSES else _class_codes(catalogue, word)
            if not found:
                flag_wording(
                    staging, at, "R05", t("{word} is no class of components or matters", word=word), "classes"
                )
            codes += found or [word]
        lists.append(set(codes) if codes else None)
        texts.append(to_json(list(dict.fromkeys(codes))))
    staging.set("classes", texts)
    return lists


def _class_codes(catalogue: Catalogue, word: str) -> list[str]:
    """Return the class codes that a word means, empty when it means none."""
    if word.isdigit() and (
        len(word) == 2 or any(_is_class(catalogue, standard, word) for standard in STANDARDS)
    ):
        return [word]
    named = {info.minor_code for standard in STANDARDS for info in catalogue.called(standard, word)}
    group = catalogue.groups.get(plain_name(word), {})
    return sorted(named | {code for codes in group.values() for code in codes})


def _is_class(catalogue: Catalogue, standard: str, code: str) -> bool:
    return any(catalogue.info(standard, code, kind) is not None for kind in ("component", "matter"))


def settle_handover(staging: Staging) -> None:
    """Report handover states that are not the registry's words (R11)."""
    for at, word in enumerate(staging.values("handover")):
        if word is not None and word not in HANDOVER:
            flag_wording(
                staging, at, "R11", t("{word} is not understood", word=word), "handover", "、".join(HANDOVER)
            )


def settle_words(staging: Staging) -> None:
    """Bring handover states and the scope to the registry's words (R11 for others)."""
    settle_handover(staging)
    scope: list[bool] = []
    for at, word in enumerate(staging.values("in_scope")):
        known = None if word is None else _YES.get(word.casefold())
        if word is not None and known is None:
            flag_wording(staging, at, "R11", t("{word} is not understood", word=word), "in_scope", "是、否")
        scope.append(known is not False)
    staging.set("in_scope", scope)


def settle_dates(staging: Staging, fields: tuple[str, ...] = ("valid_from_date", "valid_to_date")) -> None:
    """Store dates as YYYYMMDD; report what is no date (R11)."""
    for field in fields:
        texts = staging.values(field).copy()
        for at, text in enumerate(texts):
            day = None if text is None else parse_date(text)
            if text is not None and day is None:
                flag_wording(staging, at, "R11", t("{word} is not understood", word=text), field, "YYYYMMDD")
            texts[at] = text if day is None else compact(day)
        staging.set(field, texts)


def flag_wording(
    staging: Staging,
    at: int,
    code: str,
    message: Text,
    field: str,
    expected: Text | str | None = None,
    severity: Severity = Severity.WARNING,
) -> None:
    """Add a finding about the wording of one field."""
    staging.flag(at, code, severity, message, field=field, expected=expected)
