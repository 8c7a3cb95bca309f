"""Who may do what: roles, what each may do, and for which layers and districts. Nothing else decides.

A principal is whoever asks: somebody with an API key, somebody without one, or the person at the
machine itself while no key was ever made (*local mode*). The functions here are pure; what they allow
is turned into conditions of queries by :mod:`layers.views`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from gis.errors import AccessRefused, KeyNeeded, NotAllowed
from gis.text import t


class Role(StrEnum):
    """What a key is for; the list is closed."""

    READ_RESTRICTED = "read-restricted"
    SURVEYOR = "surveyor"
    DISPATCHER = "dispatcher"
    EDITOR = "editor"
    ADMIN = "admin"


class Action(StrEnum):
    """What can be asked for besides what is public."""

    READ = "read"
    """Layers that are not public, and all of those that are."""
    SEARCH = "search"
    RESOLVE = "resolve"
    CHECK = "check"
    """Have a delivery examined."""
    PROPOSE = "propose"
    """Propose a correction of a component from the field."""
    OUTCOME = "outcome"
    """Record what became of an answer."""
    PRECEDENTS = "precedents"
    EDIT = "edit"
    """Change features, import and commit deliveries."""
    MANAGE = "manage"
    """Create, publish and remove layers."""


_READING = frozenset({Action.READ, Action.SEARCH, Action.RESOLVE})
_SURVEYING = _READING | {Action.CHECK, Action.PROPOSE}
_DISPATCHING = _READING | {Action.PROPOSE, Action.OUTCOME, Action.PRECEDENTS}

GRANTS: Mapping[Role, frozenset[Action]] = {
    Role.READ_RESTRICTED: _READING,
    Role.SURVEYOR: _SURVEYING,
    Role.DISPATCHER: _DISPATCHING,
    Role.EDITOR: _SURVEYING | _DISPATCHING | {Action.EDIT},
    Role.ADMIN: frozenset(Action),
}
"""What each role may do."""


class Scoped(Protocol):
    """What is asked of a layer to decide about it."""

    @property
    def id(self) -> str:
        """Identifier of the collection."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles that may read it; empty for every role that may read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks.

    Attributes
    ----------
    key : str or None
        Identifier of the API key; two keys that allow the same compare equal.
    roles : frozenset of Role
        Empty without a key.
    counties : frozenset of str or None
        Six-digit codes of the districts the key is for; ``None`` for all.
    layers : frozenset of str or None
        Identifiers of the layers the key is for; ``None`` for all.
    local : bool
        The person at the machine, while no key was ever made.
    """

    key: str | None = field(default=None, compare=False)
    roles: frozenset[Role] = frozenset()
    counties: frozenset[str] | None = None
    layers: frozenset[str] | None = None
    local: bool = False


ANONYMOUS = Principal()
LOCAL = Principal(local=True)


def may(principal: Principal, action: Action, layer: Scoped | None = None, county: str | None = None) -> bool:
    """Tell whether somebody may do something.

    Parameters
    ----------
    principal : Principal
        Who asks.
    action : Action
        What he asks for.
    layer : Layer, optional
        The layer it is about.
    county : str, optional
        The district it is about, six digits; for a thing whose district is not known ``""``, which no
        scope holds.

    Returns
    -------
    bool
        A key of some districts may not manage: the catalogue is the whole city's.
    """
    if principal.local:
        return True
    if not any(action in GRANTS[role] for role in principal.roles):
        return False
    if county is not None and principal.counties is not None and county not in principal.counties:
        return False
    if action is Action.MANAGE and principal.counties is not None:
        return False
    return layer is None or _covers(principal, layer)


def demand(
    principal: Principal, action: Action, layer: Scoped | None = None, county: str | None = None
) -> None:
    """Refuse what :func:`may` denies.

    Raises
    ------
    KeyNeeded
        If nobody said who asks.
    NotAllowed
        If the key does not cover it.
    """
    if not may(principal, action, layer, county):
        raise _refusal(principal, action, layer, county)


def _covers(principal: Principal, layer: Scoped) -> bool:
    if principal.layers is not None and layer.id not in principal.layers:
        return False
    return not layer.roles or Role.ADMIN in principal.roles or bool(principal.roles.intersection(layer.roles))


def _refusal(principal: Principal, action: Action, layer: Scoped | None, county: str | None) -> AccessRefused:
    if principal.key is None:
        return KeyNeeded(
            t("This needs an API key: {action}", action=action),
            expected=t("A key in the header Authorization: Bearer, or X-API-Key"),
            hint=t("Whoever runs the server makes keys with `wangge keys add`"),
        )
    about: dict[str, Any] = {"layer": layer and layer.id, "county": county}
    given = ", ".join(f"{name} {value}" for name, value in about.items() if value)
    return NotAllowed(
        t("The key {key} does not cover this: {action}", key=principal.key, action=action),
        value=given or None,
        expected=", ".join(role for role in Role if action in GRANTS[role]),
    )
