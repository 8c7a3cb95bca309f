"""Errors as answers: RFC 9457 problem documents, and the one table from class to status.

Every error leaves as ``application/problem+json`` that names the field, the value and what was
expected. What went wrong inside stays in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

from gis.errors import (
    DataRefused,
    FileProblem,
    KeyNeeded,
    NotAllowed,
    NotFound,
    RegistryUnavailable,
    TooLarge,
    UsageError,
    WanggeError,
)
from gis.jobs import QueueFull
from gis.text import Text, t
from layers.edits_errors import EditConflict, StaleFeature, UnknownMediaType, VersionNeeded
from ogc.raster_turns import TooBusy

PROBLEM_JSON = "application/problem+json"

#: Class of an error -> HTTP status; the nearest class of its ancestry counts.
STATUSES: Mapping[type[WanggeError], HTTPStatus] = {
    UsageError: HTTPStatus.BAD_REQUEST,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotFound: HTTPStatus.NOT_FOUND,
    KeyNeeded: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    DataRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    EditConflict: HTTPStatus.CONFLICT,
    StaleFeature: HTTPStatus.PRECONDITION_FAILED,
    VersionNeeded: HTTPStatus.PRECONDITION_REQUIRED,
    UnknownMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    QueueFull: HTTPStatus.TOO_MANY_REQUESTS,
    RegistryUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    TooBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    WanggeError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

#: How a caller without a valid key is asked for one (RFC 6750, section 3).
CHALLENGE = 'Bearer realm="wangge"'

#: Seconds a caller is asked to wait when the registry, or a turn, is not to be had.
RETRY_AFTER = 5

_log = logging.getLogger("wangge.http")


def status_of(error: WanggeError) -> HTTPStatus:
    """Return the HTTP status of an error.

    Parameters
    ----------
    error : WanggeError
        What was raised.

    Returns
    -------
    HTTPStatus
        From :data:`STATUSES`, by the nearest ancestor.
    """
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def problem(
    status: int,
    detail: Text | str,
    *,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> Response:
    """Make a problem document.

    Parameters
    ----------
    status : int
        HTTP status.
    detail : Text or str
        What is wrong with this request, for a person.
    headers : mapping, optional
        Further response headers.
    **members
        ``field``, ``value``, ``expected``, ``hint`` and the like; ``None`` is left out.

    Returns
    -------
    Response
        ``application/problem+json`` in the current language.
    """
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": str(detail),
    }
    body |= {name: value for name, value in members.items() if value is not None}
    return Response(orjson.dumps(body, default=str), status, headers=headers, media_type=PROBLEM_JSON)


def problem_of(error: WanggeError) -> Response:
    """Make the problem document of one of our errors.

    Parameters
    ----------
    error : WanggeError
        What was raised.

    Returns
    -------
    Response
        With ``Retry-After`` when the registry, or a turn, is not to be had now, with
        ``WWW-Authenticate`` when a key is wanted.
    """
    status = status_of(error)
    members: dict[str, Any] = {
        "field": error.field,
        "value": error.value,
        "expected": error.expected,
        "hint": error.hint,
        "type": getattr(error, "problem_type", None),
    }
    if isinstance(error, FileProblem):
        members["code"] = error.code
    if isinstance(error, DataRefused) and error.report is not None:
        members["report"] = error.report.to_dict()
    return problem(
        status,
        error.message,
        headers=_headers_of(error),
        **members,
    )


def _headers_of(error: WanggeError) -> dict[str, str] | None:
    if isinstance(error, RegistryUnavailable | TooBusy):
        return {"Retry-After": str(RETRY_AFTER)}
    return {"WWW-Authenticate": CHALLENGE} if isinstance(error, KeyNeeded) else None


def exception_handlers() -> dict[Any, ExceptionHandler]:
    """Return the handlers every application of ours registers.

    Returns
    -------
    dict
        For :class:`starlette.applications.Starlette`: our errors, the framework's, and all others.
    """
    return {WanggeError: _on_our_error, HTTPException: _on_http_error, Exception: _on_fault}


async def _on_our_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, WanggeError)
    if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s", error)
    return problem_of(error)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    details: dict[int, Text] = {
        HTTPStatus.NOT_FOUND: t("There is nothing at {path}", path=request.url.path),
        HTTPStatus.METHOD_NOT_ALLOWED: t(
            "{path} does not take {method}", path=request.url.path, method=request.method
        ),
    }
    return problem(error.status_code, details.get(error.status_code, error.detail), headers=error.headers)


async def _on_fault(_request: Request, error: Exception) -> Response:
    """Say that the fault is ours; the framework raises it again for the log."""
    del error
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        t("A fault of ours; it is in the server's log"),
    )
