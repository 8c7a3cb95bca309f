"""What the commands about classes share: their options, the catalogue that counts, how classes are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click

from components.catalogue import SHIPPED, Catalogue
from components.class_info import KINDS, STANDARDS, ClassInfo
from components.crosswalk import RELATIONS
from gis.registry import Registry
from gis.text import Text, t
from wangge.session import Session

KIND_NAMES: dict[str, Text] = {"component": t("component class"), "matter": t("matter class")}
GEOMETRY_NAMES: dict[str, Text] = {"point": t("point"), "line": t("line"), "polygon": t("polygon")}
CONFIDENCE: dict[str, Text] = {
    "two-sources": t("two sources"),
    "number-corroborated": t("number corroborated"),
    "one-source": t("one source"),
    "unverified": t("unverified"),
    "local": t("entered by the city"),
}


def kind_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--kind`` to a command."""
    kinds = click.Choice(KINDS)
    return click.option("--kind", type=kinds, help=str(t("Classes of components, or of matters.")))(command)


def standard_option(name: str, *declarations: str, **settings: Any) -> Callable[..., Any]:
    """Return an option that takes an edition."""
    return click.option(name, *declarations, type=click.Choice(STANDARDS), **settings)


@contextmanager
def classes_of(session: Session) -> Iterator[tuple[Registry | None, Catalogue]]:
    """Open the registry and its catalogue; where no registry was made or named, the shipped tables count."""
    if session.registry_is_missing:
        yield None, SHIPPED
        return
    with session.registry() as registry:
        yield registry, Catalogue.of(registry)


def document_of(info: ClassInfo) -> dict[str, Any]:
    """Return a class as JSON types."""
    return {**asdict(info), "accuracy_m": info.accuracy_m if info.accuracy_class else None}


def kinds_of(kind: str | None) -> tuple[str, ...]:
    """Return the kinds meant: all of them where none was named."""
    return (kind,) if kind else KINDS


def line_of(info: ClassInfo) -> str:
    """Return a class in a line for people."""
    marks = [str(t("local")) if info.local else "", str(CONFIDENCE.get(info.confidence, info.confidence))]
    described = " · ".join(mark for mark in marks if mark)
    indent = "    " if info.parent_code else ""
    return f"{KIND_NAMES[info.kind]!s}  {info.standard}  {indent}{info.code}  {info.name}  ({described})"


def relation_of(relation: str, by_way_of: str | None) -> str:
    """Return how a class is related to that of another edition, for people."""
    words = str(RELATIONS.get(relation, relation))
    if by_way_of is None:
        return words
    return str(t("{relation}, by way of {standard}", relation=words, standard=by_way_of))
