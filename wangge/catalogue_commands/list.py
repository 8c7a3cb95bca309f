"""``wangge catalogue list``: the classes of an edition, all or some."""

from __future__ import annotations

from collections.abc import Iterator

import click

from components.catalogue import Catalogue
from components.class_info import DEFAULT_STANDARD, ClassInfo, plain_name
from gis.errors import NotFound
from gis.text import t
from wangge.class_options import (
    classes_of,
    document_of,
    kind_option,
    kinds_of,
    line_of,
    standard_option,
)
from wangge.session import Session, with_session


@click.command("list", help=str(t("The classes of an edition, with the city's own.")))
@click.argument("text", required=False)
@standard_option("--standard", default=DEFAULT_STANDARD, show_default=True, help=str(t("Edition.")))
@kind_option
@click.option("--major", help=str(t("Major class: two digits, or a part of its name.")))
@click.option("--group", help=str(t("Group of classes, such as 井盖.")))
@with_session
def command(
    session: Session, text: str | None, standard: str, kind: str | None, major: str | None, group: str | None
) -> None:
    """List classes; TEXT is the beginning of a code or a part of a name."""
    with classes_of(session) as (_registry, catalogue):
        found = [
            info
            for one in kinds_of(kind)
            for info in _with_sub_classes(catalogue, standard, one)
            if _is_meant(info, text, major, group)
        ]
    if not found:
        raise NotFound(
            t("The edition {standard} has no such class", standard=standard),
            field="TEXT",
            value=text or major or group,
            expected=", ".join(catalogue.groups) if group and group not in catalogue.groups else None,
        )
    session.show([document_of(info) for info in found], lambda: "\n".join(map(line_of, found)))


def _with_sub_classes(catalogue: Catalogue, standard: str, kind: str) -> Iterator[ClassInfo]:
    for info in catalogue.classes(standard, kind).values():
        yield info
        yield from catalogue.sub_classes(info)


def _is_meant(info: ClassInfo, text: str | None, major: str | None, group: str | None) -> bool:
    if major is not None and major not in (info.code[:2], info.major) and major not in info.major:
        return False
    if group is not None and group not in info.groups:
        return False
    return text is None or _matches(info, plain_name(text))


def _matches(info: ClassInfo, text: str) -> bool:
    names = (info.name, *info.aliases)
    return info.code.startswith(text) or any(text in plain_name(name) for name in names)
