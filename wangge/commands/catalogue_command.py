"""``wangge catalogue``: component and matter classes."""

from __future__ import annotations

from collections.abc import Iterator

import click

from components.catalogue import ClassInfo, class_info, classes
from gis.errors import NotFound, UsageError
from gis.text import t
from wangge.session import Session, with_session

KINDS = ("component", "matter")


@click.command("catalogue", help=str(t("Component and matter classes: list, show CODE.")))
@click.argument("action", type=click.Choice(["list", "show"]), default="list")
@click.argument("code", required=False)
@click.option("--standard", type=click.Choice(["2007", "2013", "2026"]), default="2013", show_default=True)
@with_session
def command(session: Session, action: str, code: str | None, standard: str) -> None:
    """List classes or show one."""
    if (action == "show") != (code is not None):
        raise UsageError(
            t("catalogue {action} was asked wrongly", action=action),
            field="CODE",
            value=code,
            expected="catalogue list | catalogue show CODE",
        )
    found = list(_all(standard)) if code is None else _called(standard, code)
    session.show(
        [_document(c) for c in found], lambda: "\n".join(f"{c.kind:10} {c.code}  {c.name}" for c in found)
    )


def _all(standard: str) -> Iterator[ClassInfo]:
    for kind in KINDS:
        yield from classes(standard, kind).values()


def _called(standard: str, code: str) -> list[ClassInfo]:
    """Return the classes with a code: components and matters share numbers."""
    found = [info for kind in KINDS if (info := class_info(standard, code, kind)) is not None]
    if not found:
        raise NotFound(
            t("There is no class {code} in the {standard} edition", code=code, standard=standard),
            field="CODE",
            value=code,
        )
    return found


def _document(info: ClassInfo) -> dict[str, object]:
    return {name: getattr(info, name) for name in info.__dataclass_fields__}
