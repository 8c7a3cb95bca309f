"""``GET /api/resolve``, the request that is made most, with as little around it as can be.

It is answered before the middleware of the site is gone through, which would take longer than finding the
answer: the language is chosen and who asks is looked at here, and an answer of a few kilobytes is not
compressed.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from gis.errors import WanggeError
from gis.text import language
from layers.access import Action
from ogc.access import AccessMiddleware, require, require_answer
from ogc.problems import problem_of
from responsibility.model import Resolution
from responsibility.questions import question_from_params
from web.language import language_of
from web.raw_query import encoded
from web.standing import Standing

PATH = "/api/resolve"
_METHODS = frozenset({"GET", "HEAD"})
_JSON = (b"content-type", b"application/json")


class ResolveOne:
    """Answer one question by its parameters; an ASGI application.

    It takes ``standing``, ``gate`` and ``language`` from the state of the site.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        state = scope["app"].state
        with language(language_of(scope, state.language)):
            await AccessMiddleware(_answered, state.gate)(scope, receive, send)


async def _answered(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request of somebody who is known."""
    try:
        principal = require(scope, Action.RESOLVE)
        answer = await _answer(scope["app"].state.standing, scope["query_string"])
        if principal.counties is not None:
            require_answer(principal, answer.to_dict())
    except WanggeError as error:
        await problem_of(error)(scope, receive, send)
        return
    body = answer.to_json()
    headers = [(b"content-length", b"%d" % len(body)), _JSON]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class ResolveFirst:
    """Let :class:`ResolveOne` answer what is its to answer, before everything else of the site.

    Parameters
    ----------
    app : ASGI application
        What is wrapped.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._resolve = ResolveOne()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] in _METHODS:
            await self._resolve(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def _answer(standing: Standing, query: bytes) -> Resolution:
    parameters = parameters_of(query)
    parameters.pop("lang", None)
    return await standing.resolve(question_from_params(parameters))


def parameters_of(query: bytes) -> dict[str, str]:
    """Return the parameters of a query; of one that is given twice the last.

    The same as ``urllib.parse.parse_qsl`` gives, in a fraction of the time where nothing is encoded.
    """
    text = encoded(query).decode("ascii")
    if "%" in text or "+" in text:
        return dict(parse_qsl(text, keep_blank_values=True))
    pairs = [pair.partition("=") for pair in text.split("&") if pair]
    return {name: value for name, _, value in pairs}
