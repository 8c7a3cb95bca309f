"""``wangge grids show CODE``: what the registry has on a unit grid."""

from __future__ import annotations

import click

from gis.text import t
from wangge.grid_facts import GridFacts, facts_of
from wangge.session import Session, with_session


@click.command("show", help=str(t("What the registry has on a unit grid.")))
@click.argument("code")
@with_session
def command(session: Session, code: str) -> None:
    """Show a grid."""
    with session.registry() as registry:
        facts = facts_of(registry, code)
    session.show(facts.to_dict(), lambda: _card(facts))


def _card(facts: GridFacts) -> str:
    lines = [f"{facts.code}  {facts.name or ''}".rstrip()]
    for label, value in (
        (t("Divisions"), " / ".join(name for name in facts.divisions.values() if name)),
        (t("Area"), f"{facts.area_m2:.0f} m²"),
        (t("State"), facts.state),
        (t("Since"), facts.valid_from.astimezone().strftime("%Y-%m-%d %H:%M")),
        (t("Responsible"), facts.responsible),
        (t("Neighbours"), ", ".join(facts.neighbours)),
        (
            t("Groups"),
            ", ".join(f"{kind} {line} {code}".replace("  ", " ") for kind, line, code in facts.groups),
        ),
        (t("Components"), ", ".join(f"{c} × {n}" for c, n in facts.components.items())),
        (t("Came from"), ", ".join(facts.predecessors)),
    ):
        if value:
            lines.append(f"  {label}: {value}")
    return "\n".join(lines)
