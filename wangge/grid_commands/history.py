"""``wangge grids history CODE``: the story of a unit grid."""

from __future__ import annotations

import click

from gis.text import Text, t
from grids.lifecycle.story import GridStory, story_of
from wangge.session import Session, with_session

STATES = {
    "live": t("in force"),
    "retired": t("retired"),
    "withdrawn": t("withdrawn: the edition that brought it was reverted"),
}


@click.command("history", help=str(t("The story of a unit grid: out of what, until when, into what.")))
@click.argument("code")
@with_session
def command(session: Session, code: str) -> None:
    """Tell the story."""
    with session.registry() as registry:
        story = story_of(registry, code)
    session.show(story.to_dict(), lambda: "\n".join(map(str, _lines(story))))


def _lines(story: GridStory) -> list[Text | str]:
    head = t("{code}: {state}", code=story.code, state=STATES[story.state])
    told: list[Text | str] = [head, *(f"  {line}" for line in story.lines())]
    if story.state == "retired":
        now = ", ".join(story.live_successors) or str(t("nothing"))
        told.append(t("In its place now: {codes}", codes=now))
    return told
