"""``wangge catalogue show CODE``: everything known about a class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from components.catalogue import Catalogue
from components.class_codes import class_code_in, require_code
from components.class_info import STANDARDS, ClassInfo
from components.class_notes import note_in_words
from components.class_tables import edition_infos
from components.crosswalk import convert_class
from gis.errors import NotFound
from gis.text import Text, t
from wangge.class_options import (
    CONFIDENCE,
    GEOMETRY_NAMES,
    KIND_NAMES,
    classes_of,
    document_of,
    kind_option,
    kinds_of,
    relation_of,
    standard_option,
)
from wangge.session import Session, with_session


@click.command("show", help=str(t("Everything known about a class, and what it is in other editions.")))
@click.argument("code")
@standard_option("--standard", help=str(t("Edition; by default every one that has the code.")))
@kind_option
@with_session
def command(session: Session, code: str, standard: str | None, kind: str | None) -> None:
    """Show a class; components and matters share numbers, and editions do."""
    require_code(code)
    with classes_of(session) as (_registry, catalogue):
        standards = (standard,) if standard else STANDARDS
        found = [
            info
            for edition in standards
            for one in kinds_of(kind)
            if (info := catalogue.info(edition, class_code_in(code, edition), one)) is not None
        ]
        documents = [_document(catalogue, info) for info in found]
    if not found:
        raise NotFound(
            t("There is no class {code} in the edition {standard}", code=code, standard=standard)
            if standard
            else t("No edition has a class {code}", code=code),
            field="CODE",
            value=code,
        )
    session.show(documents, lambda: "\n\n".join("\n".join(_lines(one)) for one in documents))


def _document(catalogue: Catalogue, info: ClassInfo) -> dict[str, Any]:
    return {
        **document_of(info),
        "edition": asdict(edition_infos()[info.standard]),
        "sub_classes": [document_of(sub) for sub in catalogue.sub_classes(info)],
        "elsewhere": [_elsewhere(catalogue, info, other) for other in STANDARDS if other != info.standard],
    }


def _elsewhere(catalogue: Catalogue, info: ClassInfo, standard: str) -> dict[str, Any]:
    """Tell what a class is in another edition; None for codes where the table is silent."""
    try:
        found = convert_class(info.code, info.standard, standard, info.kind)
    except NotFound:
        return {"standard": standard, "codes": None, "names": None, "relation": None, "by_way_of": None}
    names = [
        other.name if (other := catalogue.info(standard, code, info.kind)) is not None else None
        for code in found.codes
    ]
    return {
        "standard": standard,
        "codes": list(found.codes),
        "names": names,
        "relation": found.relation,
        "by_way_of": found.by_way_of,
    }


def _lines(one: dict[str, Any]) -> Iterator[str]:
    kind = KIND_NAMES[one["kind"]]
    yield f"{one['code']}  {one['name']}  ({kind!s}, {one['major']})"
    facts: list[tuple[Text, str | None]] = [
        (t("edition"), f"{one['standard']} {one['edition']['document']}"),
        (t("valid"), _validity(one)),
        (t("certainty"), _sure(one["confidence"])),
        (t("class above"), one["parent_code"]),
        (t("also written"), "、".join(one["aliases"])),
        (t("groups"), "、".join(one["groups"])),
        (t("geometry"), _with_confidence(one["geometry"], GEOMETRY_NAMES, one["geometry_confidence"])),
        (t("accuracy class"), _accuracy(one)),
        (
            t("owner unknown"),
            str(t("a class for things whose owner cannot be told")) if one["ownerless"] else None,
        ),
        (t("remark"), _note(one["note"])),
        (t("sub-classes"), "、".join(f"{sub['code']} {sub['name']}" for sub in one["sub_classes"])),
    ]
    for label, text in facts:
        if text:
            yield f"  {label!s}: {text}"
    for other in one["elsewhere"]:
        yield f"  {t('in {standard}', standard=other['standard'])!s}: {_counterpart(other)}"


def _note(note: str | None) -> str | None:
    words = note_in_words(note)
    return None if words is None else str(words)


def _validity(one: dict[str, Any]) -> str | None:
    if one["valid_from"] is None and one["valid_to"] is None:
        return None
    return f"{one['valid_from'] or ''}–{one['valid_to'] or ''}"


def _sure(confidence: str | None) -> str | None:
    return None if confidence is None else str(CONFIDENCE.get(confidence, confidence))


def _with_confidence(value: str | None, names: dict[str, Text], confidence: str | None) -> str | None:
    return None if value is None else f"{names[value]!s} ({_sure(confidence)})"


def _accuracy(one: dict[str, Any]) -> str | None:
    if one["accuracy_class"] is None:
        return None
    return f"{one['accuracy_class']} ±{one['accuracy_m']:g} m ({_sure(one['accuracy_confidence'])})"


def _counterpart(other: dict[str, Any]) -> str:
    if other["codes"] is None:
        return str(t("the table is silent"))
    if not other["codes"]:
        return str(t("no counterpart"))
    codes = zip(other["codes"], other["names"], strict=True)
    named = "、".join(f"{code} {name or ''}".strip() for code, name in codes)
    return f"{named} ({relation_of(other['relation'], other['by_way_of'])})"
