"""What a principal sees of the catalogue: a layer whole, a part of it, its public profile, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from layers.access import Action, Principal, may
from layers.access_clauses import tells_county
from layers.classification import INTERNAL, Level
from layers.layer import NOT_PUBLIC, Layer
from layers.profile import Restriction


def view_of(
    layer: Layer, principal: Principal, levels: Mapping[str, Level], dataset_level: Level = INTERNAL
) -> Layer | None:
    """Return a layer as somebody sees it.

    Parameters
    ----------
    layer : Layer
        As it is in the catalogue.
    principal : Principal
        Who asks.
    levels : mapping
        Classifications by identifier.
    dataset_level : Level
        Classification of the dataset the layer shows.

    Returns
    -------
    Layer or None
        With a restriction that its queries turn into conditions and, for the public, fewer properties;
        ``None`` when he sees nothing of it.
    """
    level = levels.get(layer.level)
    if level is None or not (level.served and dataset_level.served):
        return None
    if principal.local:
        return layer if layer.public else None
    if reads_all_columns(layer, principal):
        return layer if principal.counties is None else _of_counties(layer, principal.counties)
    return public_view(layer) if layer.public else None


def reads_all_columns(layer: Layer, principal: Principal) -> bool:
    """Tell whether somebody reads more of a layer than the public: all, or the rows of his districts."""
    within = principal.counties is None or tells_county(layer.dataset)
    return within and may(principal, Action.READ, layer)


def public_view(layer: Layer) -> Layer:
    """Return a layer as everybody sees it: classes, properties and places of its public profile."""
    profile = layer.profile
    shown = layer.properties if profile.properties is None else profile.properties
    restriction = Restriction(
        classes=profile.classes, without_refused=layer.has_classes, coarsen_m=profile.coarsen_m
    )
    return replace(
        layer,
        properties=tuple(name for name in layer.properties if name in shown and name not in NOT_PUBLIC),
        restriction=None if restriction == Restriction() else restriction,
    )


def _of_counties(layer: Layer, counties: frozenset[str]) -> Layer:
    return replace(layer, restriction=Restriction(counties=tuple(sorted(counties))))
