"""Who asks: every request is given its principal before anything looks at it.

* no key: the public, or in *local mode* the person at the machine. Local mode holds while the server
  listens on loopback only, has no public address, and no key was ever made; and only for requests that
  come straight from this machine and name it.
* a key in ``Authorization: Bearer`` or ``X-API-Key``: its principal; a key that is not valid is refused
  with 401, also where none is needed. Keys in addresses are not read: addresses end up in logs.

What the principal may see is decided by :mod:`layers.access`; a layer he may not see does not exist for
him (404), what he may not do needs a key (401) or another key (403).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gis.errors import KeyNeeded, NotAllowed, UsageError, WanggeError
from gis.registry import Registry
from gis.text import t
from layers.access import ANONYMOUS, LOCAL, Action, Principal, demand
from layers.core import CORE_LAYERS
from layers.key_ring import KeyRing
from layers.layer import Layer
from ogc.body_limit import limited_body
from ogc.limits import (
    FAILURES,
    Buckets,
    body_limit_from_environment,
    network_of,
    rate_from_environment,
)
from ogc.problems import problem, problem_of
from ogc.public_url import PublicURL, is_loopback

#: How a key is given, in the terms of OpenAPI 3.0.
SECURITY_SCHEMES: dict[str, dict[str, str]] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}

PRINCIPAL = "wangge.principal"
KEY_HEADER = "x-api-key"

#: What says nothing of the registry's data needs no database to be answered.
_OPEN = ("/healthz", "/static/", "/i18n/")
_READING = ("GET", "HEAD", "OPTIONS")
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_VARY = "Authorization, X-API-Key"
COMPONENTS = next(layer for layer in CORE_LAYERS if layer.id == "components")


class Gate:
    """Tell who asks, and how often he may.

    Parameters
    ----------
    registry : Registry
        Where the keys lie.
    loopback : bool
        Whether the server listens on loopback only.
    public_url : PublicURL, optional
        A server with an address for others is not local.
    """

    def __init__(
        self, registry: Registry, *, loopback: bool = True, public_url: PublicURL | None = None
    ) -> None:
        self.ring = KeyRing(registry)
        self._loopback = loopback and (public_url is None or public_url.url is None)
        rate = rate_from_environment()
        self._rates = None if rate is None else Buckets(rate)
        self._failures = Buckets(FAILURES)
        self.max_body = body_limit_from_environment()

    async def principal(self, scope: Scope) -> Principal:
        """Return who sent a request.

        Raises
        ------
        KeyNeeded
            If the key is not valid.
        TooOften
            If he asked too often, or gave too many wrong keys.
        NotAllowed
            If a page of another site wants something changed.
        RegistryUnavailable
            If the keys cannot be read.
        """
        if scope["path"].startswith(_OPEN):
            return ANONYMOUS
        if not self.ring.is_fresh:
            await run_in_threadpool(self.ring.refresh)
        headers = Headers(scope=scope)
        token = given_key(headers)
        if token is None and self._is_local(scope, headers):
            _refuse_other_sites(scope, headers)
            return LOCAL
        address = network_of(scope["client"][0] if scope.get("client") else "")
        principal = ANONYMOUS if token is None else self._holder(token, address)
        self._take(self._rates, principal.key or address)
        return principal

    def _holder(self, token: str, address: str) -> Principal:
        """Return who has a key.

        Wrong keys are counted, but keep no right one of the same address out: nobody guesses 256 random
        bits, and shutting an address out would be a means to shut out a whole office.
        """
        principal = self.ring.principal(token)
        if principal is None:
            self._take(self._failures, address)
            raise KeyNeeded(
                t("The API key is not valid: unknown, expired or revoked"),
                field="Authorization",
                hint=t("Whoever runs the server makes keys with `wangge keys add`"),
            )
        return principal

    def _take(self, buckets: Buckets | None, caller: str) -> None:
        wait = None if buckets is None else buckets.take(caller)
        if wait is not None:
            raise TooOften(wait)

    def _is_local(self, scope: Scope, headers: Headers) -> bool:
        """Tell whether a request comes straight from this machine while no key was ever made."""
        if not (self._loopback and self.ring.is_empty) or any(name in headers for name in _FORWARDED):
            return False
        client = scope.get("client")
        host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        return client is not None and is_loopback(client[0]) and is_loopback(host)


class TooOften(WanggeError):
    """Somebody asked more often than he may.

    Parameters
    ----------
    seconds : int
        After how long to ask again.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(
            t("Too many requests; ask again in {seconds} seconds", seconds=seconds),
            hint=t("Whoever runs the server sets the limit with WANGGE_RATE_LIMIT"),
        )
        self.seconds = seconds


class AccessMiddleware:
    """Give every request its principal, or refuse it.

    Parameters
    ----------
    app : ASGI application
        What is wrapped.
    gate : Gate
        Who decides. Applications within one that did so already change nothing.
    """

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app = app
        self.gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or PRINCIPAL in scope:
            await self.app(scope, receive, send)
            return
        try:
            principal = await self.gate.principal(scope)
            receive = limited_body(scope, receive, self.gate.max_body)
        except WanggeError as error:
            await _refused(error)(scope, receive, send)
            return
        await self.app({**scope, PRINCIPAL: principal}, receive, _marked(send, principal))


def principal_of(scope: Scope) -> Principal:
    """Return who sent a request; the public where nobody asked."""
    principal: Principal = scope.get(PRINCIPAL, ANONYMOUS)
    return principal


def require(scope: Scope, action: Action, layer: Layer | None = COMPONENTS) -> Principal:
    """Return who sent a request when he may do something in some district.

    Parameters
    ----------
    scope : ASGI scope
        The request.
    action : Action
        What he wants to do.
    layer : Layer, optional
        A key of some layers has to be one of this.

    Raises
    ------
    KeyNeeded, NotAllowed
        See :func:`layers.access.demand`.
    """
    principal = principal_of(scope)
    demand(principal, action, layer)
    return principal


def require_answer(principal: Principal, resolution: Any) -> None:
    """Refuse an answer about a place outside the districts of a key.

    Parameters
    ----------
    principal : Principal
        Who asks.
    resolution : mapping
        In the contract's shape. A place in no division is in none of the key's.

    Raises
    ------
    NotAllowed
    """
    if principal.counties is not None:
        county = (resolution["divisions"]["county"] or {}).get("code")
        demand(principal, Action.RESOLVE, county=county or "")


def access_facts(layer: Layer) -> dict[str, Any]:
    """Return what is stated with a collection: under which approval, how secret, how coarse it is shown.

    Parameters
    ----------
    layer : Layer
        As the asker sees it.
    """
    facts: dict[str, Any] = {"classification": layer.level}
    if layer.profile.approval_number:
        facts["attribution"] = str(t("Map approval number {number}", number=layer.profile.approval_number))
    if layer.coarsen_m is not None:
        facts["coarsened_m"] = layer.coarsen_m
        told = t("Places are the middles of cells of {metres} m.", metres=f"{layer.coarsen_m:g}")
        facts["description"] = f"{layer.description} {told}".strip()
    return facts


def given_key(headers: Headers) -> str | None:
    """Return the key a request carries, ``None`` without one.

    Raises
    ------
    UsageError
        If it carries two different ones.
    """
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    given = {bearer.strip()} if scheme.lower() == "bearer" else set()
    given |= {headers[KEY_HEADER].strip()} if KEY_HEADER in headers else set()
    if len(given) > 1:
        raise UsageError(t("The request carries two different API keys"), field="X-API-Key")
    return next(iter(given), None)


def _refuse_other_sites(scope: Scope, headers: Headers) -> None:
    """Refuse what a page of another site makes the browser of the person at the machine send."""
    origin = headers.get("origin")
    if scope["method"] not in _READING and origin and urlsplit(origin).netloc != headers.get("host"):
        raise NotAllowed(
            t("Pages of {origin} may change nothing here", origin=origin), field="Origin", value=origin
        )


def _refused(error: WanggeError) -> Response:
    if not isinstance(error, TooOften):
        return problem_of(error)
    headers = {"Retry-After": str(error.seconds)}
    return problem(HTTPStatus.TOO_MANY_REQUESTS, error.message, headers=headers, hint=error.hint)


def _marked(send: Send, principal: Principal) -> Send:
    """Keep caches from giving one's answer to another."""
    if principal.local:
        return send

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.add_vary_header(_VARY)
            if principal.key is not None:
                control = headers.get("cache-control")
                headers["cache-control"] = f"private, {control}" if control else "private"
        await send(message)

    return marked
