"""Turn a city's table of its own classes (扩展类别) into rows of the dataset ``classes``.

A row is a class of the city's own, a sub-class below a minor class, or, with code and name of a class of
the standard, what the city adds to that class: spellings, groups, geometry and accuracy it has settled.
"""

from __future__ import annotations

from components.catalogue import Catalogue
from components.class_checks import check_local_classes
from components.class_info import CLASS_DIGITS, STANDARDS, SUB_CLASS_DIGITS
from components.fields import CLASS_FIELDS
from gis.columns import to_json
from gis.dates import compact, parse_date
from gis.enumerations import split_list
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.sheet import Sheet
from gis.sheet_tables import tables_of
from gis.staging import Staging, stage_frames
from gis.text import t
from grids.codes import normalise

_WORDS: dict[str, dict[str, str]] = {
    "kind": {
        **dict.fromkeys(("component", "部件", "管理部件"), "component"),
        **dict.fromkeys(("matter", "事件", "事项", "管理事项"), "matter"),
    },
    "geometry_kind": {
        **dict.fromkeys(("point", "点", "点状"), "point"),
        **dict.fromkeys(("line", "线", "线状"), "line"),
        **dict.fromkeys(("polygon", "面", "面状"), "polygon"),
    },
    "accuracy_class": {word: letter for letter in "ABC" for word in (letter, letter.lower(), f"{letter}类")},
}
_YES = {"是": True, "true": True, "1": True, "y": True, "否": False, "false": False, "0": False, "n": False}


def prepare_classes(sheets: list[Sheet], context: ImportContext) -> Prepared:
    """Prepare classes of a city's own.

    The edition is in a column, or said with ``--standard``; the kind in a column, or ``--set
    kind=component``. Checks C19 to C22, and R11 for words that are not understood.

    Parameters
    ----------
    sheets : list of Sheet
        Tables with the headings of :data:`components.fields.CLASS_FIELDS`.
    context : ImportContext
        With the registry, whose classes count together with those delivered.
    """
    frames = tables_of(sheets, CLASS_FIELDS)
    staging = stage_frames(frames, CLASS_FIELDS, context, dataset="classes", key="code")
    if context.options.standard is not None:
        staging.fill("standard", context.options.standard)
    for name, words in _WORDS.items():
        _settle_words(staging, name, words, required=name == "kind")
    _settle_standards(staging)
    _settle_codes(staging)
    _settle_flags(staging)
    _settle_dates(staging)
    for name in ("aliases", "group_names"):
        staging.set(name, [to_json(split_list(text)) if text else None for text in staging.values(name)])
    check_local_classes(staging, Catalogue.of(context.registry))
    return staging.prepared(staging.accepted())


def _settle_words(staging: Staging, name: str, words: dict[str, str], *, required: bool) -> None:
    """Bring words to the registry's; one that is not understood refuses its row (R11)."""
    given = staging.values(name)
    for at, word in enumerate(given):
        if (word is None and required) or (word is not None and word not in words):
            staging.flag(
                at,
                "R11",
                Severity.ERROR,
                t("{word} is not understood", word=word or "–"),
                field=name,
                expected="、".join(words),
            )
    staging.set(name, [None if word is None else words.get(word) for word in given])


def _settle_standards(staging: Staging) -> None:
    for at, standard in enumerate(staging.values("standard")):
        if standard not in STANDARDS:
            staging.flag(
                at,
                "C19",
                Severity.ERROR,
                t("{name} is of no known edition", name=staging.name_of(at)),
                field="standard",
                expected=", ".join(STANDARDS),
                hint=t("Say it with --standard"),
            )


def _settle_codes(staging: Staging) -> None:
    """Complete the codes of sub-classes, and refuse what has not the digits of its edition (C19)."""
    codes = [None if code is None else normalise(code) for code in staging.values("code")]
    parents = [None if code is None else normalise(code) for code in staging.values("parent_code")]
    for at, (code, parent) in enumerate(zip(codes, parents, strict=True)):
        if code is not None and parent is not None and len(code) <= SUB_CLASS_DIGITS:
            codes[at] = parent + code.zfill(SUB_CLASS_DIGITS)
    staging.set("code", codes)
    staging.set("parent_code", parents)
    for at, (code, parent) in enumerate(zip(codes, parents, strict=True)):
        if not staging.refused[at]:
            _check_form(staging, at, code, parent)
    for at, name in enumerate(staging.values("name")):
        if name is None and not staging.refused[at]:
            message = t("Class {code} has no name", code=staging.name_of(at))
            staging.flag(at, "C19", Severity.ERROR, message, field="name")


def _check_form(staging: Staging, at: int, code: str | None, parent: str | None) -> None:
    digits = CLASS_DIGITS[staging.values("standard")[at]] + (SUB_CLASS_DIGITS if parent else 0)
    if code is None or not (code.isascii() and code.isdigit() and len(code) == digits):
        staging.flag(
            at,
            "C19",
            Severity.ERROR,
            t("{code} is not a class code", code=code or "–"),
            field="code",
            expected=t("{n} digits", n=digits),
        )


def _settle_flags(staging: Staging) -> None:
    words = staging.values("ownerless")
    known = [None if word is None else _YES.get(word.casefold()) for word in words]
    for at, (word, value) in enumerate(zip(words, known, strict=True)):
        if word is not None and value is None:
            message = t("{word} is not understood", word=word)
            staging.flag(at, "R11", Severity.ERROR, message, field="ownerless", expected="是、否")
    staging.set("ownerless", known)


def _settle_dates(staging: Staging) -> None:
    for field in ("valid_from_date", "valid_to_date"):
        texts = staging.values(field).copy()
        for at, text in enumerate(texts):
            day = None if text is None else parse_date(text)
            if text is not None and day is None:
                message = t("{word} is not understood", word=text)
                staging.flag(at, "R11", Severity.ERROR, message, field=field, expected="YYYYMMDD")
            texts[at] = text if day is None else compact(day)
        staging.set(field, texts)
