"""``wangge layers``: the catalogue of layers, and what of it is public."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from gis.errors import UsageError
from gis.registry import Registry
from gis.text import t
from layers.catalogue import add_layers, get_layer, list_layers, publish, remove_layer, withdraw
from layers.classification import KINDS
from layers.classifying import classify_layer, classify_other
from layers.definitions import document_of, read_definitions
from layers.layer import Layer
from layers.profile import PublicProfile
from layers.publishing import left_out
from layers.themes import theme_named, themes
from wangge.layer_lines import layer_line, layer_lines
from wangge.session import Session, with_session

ACTIONS = ("list", "show", "add", "add-theme", "publish", "withdraw", "remove", "classify")
_USAGE = (
    "layers list | show NAME… | add FILE… | add-theme THEME… | publish NAME… | withdraw NAME…"
    " | remove NAME… | classify LEVEL NAME…"
)
_PROFILE = ("classes", "properties", "coarsen_m", "approval_number")

Act = Callable[[Registry, tuple[str, ...], dict[str, Any]], object]


@click.command(
    "layers",
    help=str(
        t(
            "Layers: list, show NAME…, add FILE… (definitions as JSON or CSV), add-theme THEME… ({themes}),"
            " publish NAME… (to everybody; say what of it), withdraw NAME…, remove NAME…,"
            " classify LEVEL NAME….",
            themes=", ".join(themes()),
        )
    ),
)
@click.argument("action", type=click.Choice(ACTIONS), default="list")
@click.argument("names", nargs=-1)
@click.option(
    "--class", "classes", multiple=True, metavar="E:CODE", help=str(t("Publish only this class: 2013:0137."))
)
@click.option("--property", "properties", multiple=True, help=str(t("Publish only this property.")))
@click.option(
    "--coarsen",
    "coarsen_m",
    type=float,
    metavar="M",
    help=str(t("Publish places only by cells of a grid this many metres wide.")),
)
@click.option("--approval", "approval_number", help=str(t("Map approval number (审图号) to be shown.")))
@click.option(
    "--replace", is_flag=True, help=str(t("Put definitions in the place of layers of their names."))
)
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    help=str(t("Classify data sets, rasters or reports instead of layers.")),
)
@with_session
def command(session: Session, action: str, names: tuple[str, ...], **given: Any) -> None:
    """Do something with layers, then list those it was about."""
    _check(action, names, given)
    with session.registry() as registry:
        if action in _ACTS:
            _ACTS[action](registry, names, given)
        shown = _shown(registry, action, names, given)
    if action == "show":
        session.show([document_of(layer) for layer in shown], lambda: "\n\n".join(map(layer_lines, shown)))
        return
    for layer in shown if action == "publish" else ():
        _tell_left_out(session, layer)
    session.show(
        [{"id": one.id, "title": one.title, "public": one.public, "level": one.level} for one in shown],
        lambda: "\n".join(map(layer_line, shown)),
    )


def _check(action: str, names: tuple[str, ...], given: dict[str, Any]) -> None:
    if (action == "list") == bool(names) or (action == "classify" and len(names) < 2):
        raise UsageError(
            t("layers {action} was given {count} names", action=action, count=len(names)),
            field="NAME",
            value=" ".join(names),
            expected=_USAGE,
        )
    belongs = {"add": ("replace",), "publish": _PROFILE, "classify": ("kind",)}.get(action, ())
    for name, value in given.items():
        if value and name not in belongs:
            raise UsageError(
                t("{option} does not belong to layers {action}", option=name, action=action),
                field=name,
                value=value,
                expected=", ".join(belongs) or None,
            )


def _add(registry: Registry, names: tuple[str, ...], given: dict[str, Any]) -> None:
    defined = [layer for name in names for layer in read_definitions(Path(name))]
    add_layers(registry, defined, replacing=given["replace"])


def _add_theme(registry: Registry, names: tuple[str, ...], _given: dict[str, Any]) -> None:
    wanted = [layer for name in dict.fromkeys(names) for layer in theme_named(name).layers]
    present = {layer.id for layer in list_layers(registry, public_only=False)}
    add_layers(registry, [layer for layer in wanted if layer.id not in present])


def _publish(registry: Registry, names: tuple[str, ...], given: dict[str, Any]) -> None:
    stated = {name: given[name] for name in _PROFILE if given[name]}
    for name in names:
        held = get_layer(registry, name, public_only=False).profile.to_dict()
        publish(registry, name, PublicProfile.from_dict(held | stated) if stated else None)


def _withdraw(registry: Registry, names: tuple[str, ...], _given: dict[str, Any]) -> None:
    for name in names:
        withdraw(registry, name)


def _remove(registry: Registry, names: tuple[str, ...], _given: dict[str, Any]) -> None:
    for name in names:
        remove_layer(registry, name)


def _classify(registry: Registry, names: tuple[str, ...], given: dict[str, Any]) -> None:
    level, *things = names
    for name in things:
        if given["kind"]:
            classify_other(registry, given["kind"], name, level)
        else:
            classify_layer(registry, name, level)


_ACTS: dict[str, Act] = {
    "add": _add,
    "add-theme": _add_theme,
    "publish": _publish,
    "withdraw": _withdraw,
    "remove": _remove,
    "classify": _classify,
}


def _shown(registry: Registry, action: str, names: tuple[str, ...], given: dict[str, Any]) -> list[Layer]:
    """Return the layers an action was about: all of them after one that is about the whole catalogue."""
    everything = list_layers(registry, public_only=False)
    if action not in ("show", "publish", "classify") or given["kind"]:
        return everything
    wanted = names[1:] if action == "classify" else names
    for name in wanted:
        get_layer(registry, name, public_only=False)
    return [layer for layer in everything if layer.id in wanted]


def _tell_left_out(session: Session, layer: Layer) -> None:
    hidden = left_out(layer)
    if hidden:
        names = ", ".join(dict.fromkeys(one.name for one in hidden))
        session.tell(t("{layer}: never public, left out: {classes}", layer=layer.id, classes=names))
