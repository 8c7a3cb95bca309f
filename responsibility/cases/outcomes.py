"""Outcomes (处置结果反馈): what became of an answer, kept with the question and the basis it belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import insert, select

from gis.columns import from_json, to_json, to_milliseconds
from gis.errors import UsageError
from gis.models import outcomes
from gis.registry import Registry
from gis.text import t
from responsibility.cases.fields import ACCEPTED, CHANGED, RETURNED
from responsibility.model import Kind, Named, Resolution
from responsibility.organisations import read_organisations
from responsibility.questions import question_from_params
from responsibility.resolver import Resolver

RESULTS = (ACCEPTED, CHANGED, RETURNED)
LONGEST = 4000
"""Characters of a reason or a piece of evidence."""

_PAGE = 5000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an answer.

    Attributes
    ----------
    id : int
        Number of the record; the last one about an answer counts.
    answer_id : str
        The answer.
    recorded_at : datetime
        UTC.
    result : str
        ``accepted``, ``changed`` (another unit took it) or ``returned`` (退单).
    to : Named or None
        The unit that took it.
    reason, evidence : str or None
        Why, and what shows it (document, photo, link).
    question, basis : dict
        What the answer was derived from.
    decision, acting, standard, kind, class_code, rule_no, reason_code, reason_ref, street
        What the answer said; None where it can no longer be derived, because the settings or the
        software have changed since.
    """

    id: int
    answer_id: str
    recorded_at: datetime
    result: str
    to: Named | None
    reason: str | None
    evidence: str | None
    question: dict[str, Any]
    basis: dict[str, Any]
    decision: str | None = None
    acting: Named | None = None
    standard: str | None = None
    kind: str | None = None
    class_code: str | None = None
    rule_no: int | None = None
    reason_code: str | None = None
    reason_ref: str | None = None
    street: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON types."""
        return asdict(self) | {"recorded_at": self.recorded_at.isoformat()}


def record_outcome(
    resolver: Resolver,
    answer_id: str,
    *,
    question: Mapping[str, Any],
    result: str,
    to: Named | None = None,
    reason: str | None = None,
    evidence: str | None = None,
    basis: Mapping[str, Any] | None = None,
) -> Outcome:
    """Keep what became of an answer.

    Parameters
    ----------
    resolver : Resolver
        Derives the answer again, to know what it said.
    answer_id : str
        The answer.
    question : mapping of str to value
        The question as it was asked, under the names of the interface's parameters, with the ``as_of`` of
        the answer; ``at`` is the same moment unless it was given.
    result : str
        ``accepted``, ``changed`` or ``returned``; a reason is mandatory but with the first.
    to : Named, optional
        The unit that took it instead, by code or name; mandatory with ``changed``.
    reason, evidence : str, optional
        Why, and what shows it.
    basis : mapping, optional
        The basis of the answer. With it an outcome is kept even when the answer cannot be derived any
        more, as other settings or another version are in use.

    Returns
    -------
    Outcome

    Raises
    ------
    UsageError
        Something is missing or not understood, or the question does not belong to the answer.
    """
    _check(result, reason, evidence)
    answer = resolver.resolve(question_from_params(_completed(question)))
    stated = dict(basis) if basis is not None else answer.basis.to_dict()
    if _id_of(answer, stated) != answer_id:
        raise UsageError(
            t("The question is not that of the answer {id}", id=answer_id),
            field="question",
            value=orjson.dumps(answer.question.to_dict()).decode(),
            expected=t("the question as it was asked, with as_of and at of the asking, and the basis"),
        )
    facts = _facts(answer) if answer.answer_id == answer_id else {}
    unit = _unit(resolver.registry, result, to)
    row = {
        "answer_id": answer_id,
        "recorded_at": to_milliseconds(datetime.now(UTC)),
        "result": result,
        "to_code": unit.code if unit else None,
        "to_name": unit.name if unit else None,
        "reason": reason,
        "evidence": evidence,
        "question": to_json(answer.question.to_dict()),
        "basis": to_json(stated),
    }
    with resolver.registry.begin() as connection:
        number = connection.execute(insert(outcomes).returning(outcomes.c.fid), row | facts).scalar_one()
    return _outcome({**dict.fromkeys(outcomes.c.keys()), **row, **facts, "fid": number})


def read_outcomes(registry: Registry, answer_id: str | None = None) -> Iterator[Outcome]:
    """Yield outcomes in the order in which they were recorded, those of one answer or all."""
    statement = select(outcomes).order_by(outcomes.c.fid)
    if answer_id is not None:
        statement = statement.where(outcomes.c.answer_id == answer_id)
    with registry.connect() as connection:
        for row in connection.execution_options(yield_per=_PAGE).execute(statement).mappings():
            yield _outcome(dict(row))


def _check(result: str, reason: str | None, evidence: str | None) -> None:
    if result not in RESULTS:
        raise UsageError(
            t("{word} is not understood", word=result),
            field="result",
            value=result,
            expected=", ".join(RESULTS),
        )
    if result != ACCEPTED and not (reason or "").strip():
        raise UsageError(t("A reason is missing"), field="reason", expected=t("why the unit does not act"))
    for name, text in (("reason", reason), ("evidence", evidence)):
        if text is not None and len(text) > LONGEST:
            raise UsageError(
                t("The text has {count} characters", count=len(text)),
                field=name,
                expected=t("at most {limit}", limit=LONGEST),
            )


def _completed(question: Mapping[str, Any]) -> dict[str, str | None]:
    given = {name: None if value is None else str(value) for name, value in question.items()}
    if not given.get("as_of"):
        raise UsageError(
            t("The question has no moment of asking"),
            field="as_of",
            expected=t("as_of of the answer"),
        )
    return given | {"at": given.get("at") or given["as_of"]}


def _id_of(answer: Resolution, basis: Mapping[str, Any]) -> str:
    """Derive the identifier that the answer to this question has on some basis."""
    if basis == answer.basis.to_dict():
        return answer.answer_id
    document = {"question": answer.question.to_dict(), "basis": dict(basis)}
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def _facts(answer: Resolution) -> dict[str, Any]:
    acting, reason, question = answer.parties.acting, answer.main_reason, answer.question
    numbers = [rule.number for rule in answer.rules]
    street = answer.divisions.street
    return {
        "decision": str(answer.decision),
        "acting_code": acting.code if acting else None,
        "acting_name": acting.name if acting else None,
        "standard": answer.component.standard if answer.component else question.standard,
        "kind": str(question.kind),
        "class_code": answer.component.class_code
        if answer.component and question.kind is Kind.COMPONENT
        else question.class_text,
        "rule_no": question.rule if question.rule is not None else numbers[0] if len(numbers) == 1 else None,
        "reason_code": reason.code if reason else None,
        "reason_ref": reason.ref if reason else None,
        "street": street.code if street else None,
    }


def _unit(registry: Registry, result: str, to: Named | None) -> Named | None:
    """Look up the unit that took it; one that the table of organisations does not have is refused."""
    if result != CHANGED:
        return None
    if to is None or not (to.code or to.name):
        raise UsageError(t("The unit that took it is missing"), field="to", expected=t("its code or name"))
    known = read_organisations(registry)
    unit = known.lookup(to.code, to.name)
    if unit is None and len(known):
        raise UsageError(
            t("Unit {unit} is not in the table of organisations", unit=to.name or to.code),
            field="to",
            value=to.code or to.name,
        )
    return to if unit is None else Named(unit.code, unit.name)


def _outcome(row: Mapping[str, Any]) -> Outcome:
    plain = ("answer_id", "recorded_at", "result", "reason", "evidence", "decision", "standard", "kind",
             "class_code", "rule_no", "reason_code", "reason_ref", "street")  # fmt: skip
    return Outcome(
        id=row["fid"],
        to=_named(row["to_code"], row["to_name"]),
        acting=_named(row["acting_code"], row["acting_name"]),
        question=from_json(row["question"]),
        basis=from_json(row["basis"]),
        **{name: row[name] for name in plain},
    )


def _named(code: str | None, name: str | None) -> Named | None:
    return Named(code, name) if code or name else None
