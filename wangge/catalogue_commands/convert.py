"""``wangge catalogue convert CODE --from E --to E``: a code in another edition, by the table only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from components.catalogue import Catalogue
from components.class_codes import WrittenCode, read_code
from components.crosswalk import convert_class, the_class
from components.known import recorded_identifier
from gis.errors import DataRefused, NotFound
from gis.registry import Registry
from gis.text import t
from wangge.class_options import KIND_NAMES, classes_of, kind_option, kinds_of, relation_of, standard_option
from wangge.session import Session, with_session

RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class _Converted:
    """A code in another edition, or the reason why there is none."""

    kind: str
    code: str
    name: str | None
    converted: str | None
    converted_name: str | None
    relation: str | None
    by_way_of: str | None = None
    refused: DataRefused | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            "kind": self.kind,
            "code": self.code,
            "name": self.name,
            "converted": self.converted,
            "converted_name": self.converted_name,
            "relation": self.relation,
            "by_way_of": self.by_way_of,
            "refused": None if self.refused is None else str(self.refused),
            "choices": None if self.refused is None else _choices(self.refused),
        }


@click.command("convert", help=str(t("A class code or component identifier in another edition.")))
@click.argument("code")
@standard_option("--from", "source", required=True, help=str(t("Edition of the code.")))
@standard_option("--to", "target", required=True, help=str(t("Edition wanted.")))
@kind_option
@with_session
def command(session: Session, code: str, source: str, target: str, kind: str | None) -> None:
    """Convert; a code may be alone, with its county, or a whole identifier."""
    written = read_code(code, source)
    kinds = ("component",) if written.sequence else kinds_of(kind)
    with classes_of(session) as (registry, catalogue):
        answers = [
            answer
            for one in kinds
            if (answer := _convert(registry, catalogue, written, source, target, one)) is not None
        ]
    _refuse_if_none(answers, written, source)
    session.show(
        {"code": code, "from": source, "to": target, "results": [answer.to_dict() for answer in answers]},
        lambda: "\n".join(map(_line, answers)),
    )


def _convert(
    registry: Registry | None, catalogue: Catalogue, written: WrittenCode, source: str, target: str, kind: str
) -> _Converted | None:
    """Convert a code as one of a kind; None where that kind does not have it."""
    info = catalogue.info(source, written.class_code, kind)
    name, code = (info.name if info else None), written.with_class(written.class_code)
    recorded = recorded_identifier(registry, code, target) if registry and written.sequence else None
    if recorded is not None:
        other = catalogue.info(target, read_code(recorded, target).class_code, kind)
        return _Converted(kind, code, name, recorded, other.name if other else None, RECORDED)
    try:
        new = the_class(written.class_code, source, target, kind)
    except DataRefused as refused:
        known = info is not None or not catalogue.complete(source, kind)
        return _Converted(kind, code, name, None, None, None, refused=refused) if known else None
    other = catalogue.info(target, new, kind)
    found = convert_class(written.class_code, source, target, kind)
    new_name = other.name if other else None
    return _Converted(kind, code, name, written.with_class(new), new_name, found.relation, found.by_way_of)


def _refuse_if_none(answers: list[_Converted], written: WrittenCode, source: str) -> None:
    """Raise unless something was converted: what the only kind, or the first that has the code, says."""
    if not answers:
        raise NotFound(
            t("There is no class {code} in the edition {standard}", code=written.class_code, standard=source),
            field="CODE",
            value=written.class_code,
        )
    if all(answer.refused is not None for answer in answers):
        named = [answer for answer in answers if answer.name is not None] or answers
        assert named[0].refused is not None
        raise named[0].refused


def _line(answer: _Converted) -> str:
    before = f"{KIND_NAMES[answer.kind]!s}  {answer.code} {answer.name or ''}".rstrip()
    if answer.refused is not None:
        return f"{before} → {answer.refused}"
    relation = (
        str(t("as recorded"))
        if answer.relation == RECORDED
        else relation_of(answer.relation or "", answer.by_way_of)
    )
    return f"{before} → {answer.converted} {answer.converted_name or ''} ({relation})"


def _choices(refused: DataRefused) -> list[str]:
    return str(refused.expected).split(", ") if refused.expected is not None else []
