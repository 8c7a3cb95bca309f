"""``wangge outcomes``: record what became of answers, and how accurate dispatch is."""

from __future__ import annotations

from typing import Any

import click

from gis.errors import UsageError
from gis.registry import Registry
from gis.text import t
from responsibility.cases.accuracy import Accuracy, Tally, accuracy_of_cases, accuracy_of_outcomes, worst
from responsibility.cases.outcomes import RESULTS, Outcome, read_outcomes, record_outcome
from responsibility.model import Named
from responsibility.questions import moment
from responsibility.resolver import Resolver
from wangge.commands.resolve_command import TEXT_OPTIONS
from wangge.session import Session, with_session

ACTIONS = ("record", "list", "report")
SHOWN = 10


def _question_options(command: Any) -> Any:
    for name in reversed(TEXT_OPTIONS):
        option = f"--{name.replace('_', '-')}"
        command = click.option(option, name, help=str(t("As it was asked.")))(command)
    return command


@click.command(
    "outcomes",
    help=str(
        t(
            "What became of answers: record ANSWER_ID LON LAT --as-of … --result …, list [ANSWER_ID],"
            " report (accuracy of dispatch, and what to mend)."
        )
    ),
    context_settings={"ignore_unknown_options": True},
)
@click.argument("action", type=click.Choice(ACTIONS))
@click.argument("words", nargs=-1, metavar="[ANSWER_ID] [LON LAT]")
@click.option("--result", help=" | ".join(RESULTS))
@click.option("--to", "to", metavar="UNIT", help=str(t("Code or name of the unit that took it.")))
@click.option("--reason", help=str(t("Why it was changed or returned.")))
@click.option("--evidence", help=str(t("What shows it: a document, a photo, a link.")))
@click.option("--since", help=str(t("Outcomes recorded from this day on.")))
@click.option(
    "--cases", "by_cases", is_flag=True, help=str(t("Judge by the past cases of the registry instead."))
)
@_question_options
@with_session
def command(
    session: Session, action: str, words: tuple[str, ...], *, since: str | None, by_cases: bool, **given: Any
) -> None:
    """Record, list or report outcomes."""
    most = {"record": 3, "list": 1, "report": 0}[action]
    if len(words) > most:
        raise UsageError(t("{word} is too much", word=words[most]), field=action, value=words[most])
    with session.registry() as registry:
        if action == "record":
            recorded = _record(registry, words, given)
            session.show(recorded.to_dict(), lambda: _line(recorded))
        elif action == "list":
            found = list(read_outcomes(registry, *words))
            session.show([one.to_dict() for one in found], lambda: "\n".join(map(_line, found)))
        else:
            accuracy = _accuracy(session, registry, since, by_cases=by_cases)
            session.show(accuracy.to_dict(), lambda: "\n".join(accuracy_lines(accuracy)))


def _record(registry: Registry, words: tuple[str, ...], given: dict[str, Any]) -> Outcome:
    if len(words) not in (1, 3):
        raise UsageError(
            t("The answer or its location is missing"), field="ANSWER_ID", expected="ANSWER_ID LON LAT"
        )
    question = {name: given[name] for name in TEXT_OPTIONS if given[name] is not None}
    question |= dict(zip(("lon", "lat"), words[1:], strict=False))
    unit = given["to"]
    return record_outcome(
        Resolver(registry),
        words[0],
        question=question,
        result=given["result"] or "",
        to=Named(unit, unit) if unit else None,
        reason=given["reason"],
        evidence=given["evidence"],
    )


def _accuracy(session: Session, registry: Registry, since: str | None, *, by_cases: bool) -> Accuracy:
    if by_cases:
        return accuracy_of_cases(registry, progress=session.progress(t("Resolving")))
    return accuracy_of_outcomes(registry, since=None if since is None else moment("since", since))


def accuracy_lines(accuracy: Accuracy) -> list[str]:
    """Tell figures in a few lines: the whole, what to mend, the units and classes with most errors."""
    if not accuracy.total.answers:
        return [str(t("No outcomes."))]
    lines = [f"{t('Accuracy of dispatch')}: {_told(accuracy.total)}"]
    if accuracy.untraced:
        lines.append(str(t("{count} outcomes cannot be traced any more", count=accuracy.untraced)))
    groups = (
        (t("To mend"), accuracy.to_mend()),
        (t("Units"), worst(accuracy.units)),
        (t("Classes"), worst(accuracy.classes)),
    )
    for heading, tallies in groups:
        lines.append(f"{heading}:")
        lines += [f"  {key}: {_told(tally)}" for key, tally in tallies[:SHOWN]]
    return lines


def _told(tally: Tally) -> str:
    share = f"{100 * tally.rate:.1f} % ({tally.answers - tally.wrong}/{tally.answers})"
    to = tally.to_dict()["to"]
    return share if not to else f"{share} → {', '.join('{unit} {count}'.format(**one) for one in to)}"


def _line(one: Outcome) -> str:
    parts = (
        f"{one.id:>4}",
        f"{one.recorded_at.astimezone():%Y-%m-%d %H:%M}",
        one.answer_id,
        one.result,
        (one.to.name or one.to.code or "") if one.to else "",
        one.reason or "",
    )
    return "  ".join(part for part in parts if part)
