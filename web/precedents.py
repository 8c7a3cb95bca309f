"""``GET /api/precedents``: the settled disputes that hold. They are recorded on the command line."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gis.errors import UsageError
from gis.text import t
from layers.access import Action
from ogc.access import require
from responsibility.precedents import list_precedents

_NAMES = ("component", "unit", "lang")


def precedents(request: Request) -> Response:
    """Answer ``GET /api/precedents?component=&unit=`` by ``{"precedents": […]}``, in the order of codes."""
    principal = require(request.scope, Action.PRECEDENTS)
    given = dict(request.query_params)
    for name in given:
        if name not in _NAMES:
            raise UsageError(
                t("Parameter {name} is not known", name=name), field=name, expected=", ".join(_NAMES)
            )
    found = list_precedents(
        request.app.state.registry,
        component=given.get("component"),
        unit=given.get("unit"),
        counties=principal.counties,
    )
    return Response(orjson.dumps({"precedents": found}), media_type="application/json")
