"""``wangge components show ID``: what the registry has on a component, its photos among it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from components.component_facts import ComponentFacts, facts_of_component
from gis.text import Text, t
from wangge.session import Session, with_session

_LABELS: dict[str, Text] = {
    "class_code": t("class"),
    "standard": t("edition"),
    "unit_grid": t("unit grid"),
    "authority_name": t("authority"),
    "owner_name": t("owner"),
    "maintainer_name": t("maintainer"),
    "state": t("state"),
    "position_text": t("position"),
    "initial_date": t("surveyed on"),
    "change_date": t("changed on"),
    "note": t("remark"),
}


@click.command("show", help=str(t("What the registry has on a component: columns, aliases, photos.")))
@click.argument("identifier", metavar="ID")
@with_session
def command(session: Session, identifier: str) -> None:
    """Show a component."""
    with session.registry() as registry:
        facts = facts_of_component(registry, identifier)
    session.show(facts.to_dict(), lambda: "\n".join(_lines(facts)))


def _lines(facts: ComponentFacts) -> Iterator[str]:
    yield f"{facts.columns['id']}  {facts.columns['name'] or ''}".rstrip()
    if not facts.is_live:
        yield f"  {t('retired')!s}"
    for name, label in _LABELS.items():
        if facts.columns[name]:
            yield f"  {label!s}: {facts.columns[name]}"
    for alias in facts.aliases:
        yield f"  {t('also known as')!s}: {alias['identifier']} ({alias['scheme']})"
    for photo in facts.photos:
        yield f"  {t('photo')!s}: {_photo(photo)}"


def _photo(photo: dict[str, Any]) -> str:
    """Return a photo in a line: its path, when and where it was taken, the beginning of its hash."""
    place = None if photo["lon"] is None else f"{photo['lon']:.6f}, {photo['lat']:.6f}"
    digest = None if photo["sha256"] is None else f"SHA-256 {photo['sha256'][:12]}…"
    return "  ".join(filter(None, (photo["path"], photo["taken_at"], place, digest, photo["note"])))
