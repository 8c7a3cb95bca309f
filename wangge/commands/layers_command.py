"""``wangge layers``: what is published."""

from __future__ import annotations

import click

from gis.errors import UsageError
from gis.text import t
from layers.catalogue import list_layers, publish, withdraw
from layers.layer import Layer
from wangge.session import Session, with_session


@click.command("layers", help=str(t("Published layers: list, publish NAME…, withdraw NAME….")))
@click.argument("action", type=click.Choice(["list", "publish", "withdraw"]), default="list")
@click.argument("names", nargs=-1)
@with_session
def command(session: Session, action: str, names: tuple[str, ...]) -> None:
    """List, publish or withdraw layers."""
    if (action == "list") == bool(names):
        raise UsageError(
            t("layers {action} was given {count} names", action=action, count=len(names)),
            field="NAME",
            value=" ".join(names),
            expected="layers list | layers publish NAME… | layers withdraw NAME…",
        )
    with session.registry() as registry:
        for name in names:
            (publish if action == "publish" else withdraw)(registry, name)
        layers = list_layers(registry, public_only=False)
    session.show(
        [{"id": layer.id, "title": layer.title, "public": layer.public} for layer in layers],
        lambda: "\n".join(_line(layer) for layer in layers),
    )


def _line(layer: Layer) -> str:
    state = t("public") if layer.public else t("not public")
    return f"{layer.id:24}{layer.title} ({state})"
