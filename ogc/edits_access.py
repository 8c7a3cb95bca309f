"""Who may edit the features of a layer."""

from __future__ import annotations

from starlette.requests import Request

from gis.errors import WanggeError
from layers.access import Action, Principal, demand
from layers.access_clauses import tells_county
from layers.edits_kinds import edit_kind
from layers.layer import Layer
from ogc.access import require


def may_edit(request: Request, layer: Layer) -> Principal:
    """Return who sent a request when he may edit the features of a layer that he sees.

    Parameters
    ----------
    request : Request
        The request.
    layer : Layer
        As he sees it.

    Raises
    ------
    KeyNeeded, NotAllowed
        See :func:`layers.access.demand`. A key of some districts edits what says in which it lies.
    """
    principal = require(request.scope, Action.EDIT, layer)
    if principal.counties is not None and not tells_county(layer.dataset):
        # A district that no scope holds
        demand(principal, Action.EDIT, layer, county="")
    return principal


def can_edit(request: Request, layer: Layer) -> bool:
    """Tell whether a layer is edited feature by feature, and by who sent a request."""
    if edit_kind(layer) is None or layer.coarsen_m is not None:
        return False
    try:
        may_edit(request, layer)
    except WanggeError:
        return False
    return True


def author_of(principal: Principal) -> str:
    """Name who edits, for the edition."""
    return "local" if principal.key is None else f"key {principal.key}"
