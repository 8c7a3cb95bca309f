"""``wangge grids code CODE``: what a code of a unit grid or a division says, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from gis.text import Text, t
from grids.coding.explanation import STATE_TEXTS, Explanation, State, explain
from grids.coding.forms import FORM_TEXTS, PART_TEXTS, Part
from grids.past.hints import told
from grids.past.retirements import Listed
from grids.past.succession import Trail
from wangge.session import Session, with_session

DONE, NOTHING_KNOWN = 0, 5


@click.command("code", help=str(t("Explain the code of a unit grid or a division, also an old one.")))
@click.argument("code")
@with_session
def command(session: Session, code: str) -> int:
    """Explain a code."""
    with session.registry() as registry:
        explanation = explain(registry, code)
    session.show(explanation.to_dict(), lambda: "\n".join(lines(explanation)))
    return NOTHING_KNOWN if explanation.state is State.UNKNOWN else DONE


def lines(explanation: Explanation) -> Iterator[str]:
    """Write an explanation for a person, line by line."""
    form = explanation.form
    yield str(t("{code}: {form}", code=form.given, form=FORM_TEXTS[form.form]))
    if form.code != form.given:
        yield str(t("Taken as {code}", code=form.code))
    for part in form.parts:
        yield "  " + " ".join(_cells(part, explanation))
    state = STATE_TEXTS[explanation.state]
    yield str(
        t("State: {state}", state=state)
        if explanation.name is None
        else t("State: {state} ({name})", state=state, name=explanation.name)
    )
    for record in explanation.trail.records:
        yield f"  {record}" + ("" if record.reason is None else f"（{record.reason}）")
    if explanation.trail.records:
        yield str(_today(explanation.trail))
    yield from (str(told(trail)) for trail in explanation.above)
    if explanation.came_from:
        yield str(t("It came from:"))
        yield from (f"  {record}" for record in explanation.came_from)


def _today(trail: Trail) -> Text:
    if trail.live:
        return t("Today: {codes}", codes=Listed(trail.live))
    if trail.absent:
        return t("Today: {codes}, which the registry does not have", codes=Listed(trail.absent))
    return t("Nothing stands for it today.")


def _cells(part: Part, explanation: Explanation) -> Iterator[str]:
    yield str(PART_TEXTS[part.level])
    yield part.digits
    if part.code is not None and (name := explanation.names.get(part.code)):
        yield name
    if part.range is not None:
        yield str(t("[{kind}, by {source}]", kind=part.range.kind, source=part.range.source))
