"""``wangge init``: create the registry, or upgrade its schema."""

from __future__ import annotations

import click

from gis.text import t
from layers.catalogue import seed_layers
from wangge.session import Session, with_session


@click.command("init", help=str(t("Create the registry, or upgrade its schema.")))
@with_session
def command(session: Session) -> None:
    """Create or upgrade."""
    with session.registry(create=True) as registry:
        registry.init()
        seed_layers(registry)
    session.show(
        {"registry": registry.location, "kind": registry.kind},
        lambda: str(t("The registry {url} is ready.", url=registry.location)),
    )
