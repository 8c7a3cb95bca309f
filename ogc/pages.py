"""HTML pages, from our own templates: nothing is loaded from another host.

pygeoapi's own pages load scripts and styles from elsewhere, and keep the first translation of the
whole configuration for the life of the process; here its JSON documents are shown instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from gis.text import current_language, t

#: A page may use the styles within it and nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'self'"


def page_response(
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Render a template in the current language.

    Parameters
    ----------
    template : str
        Name of a file in ``templates``.
    context : mapping
        What it shows.
    status : int
        HTTP status.
    headers : mapping, optional
        Further response headers.

    Returns
    -------
    HTMLResponse
    """
    html = (
        _environment()
        .get_template(template)
        .render(t=t, language=current_language(), pretty=_pretty, **context)
    )
    return HTMLResponse(html, status, {**(headers or {}), "Content-Security-Policy": POLICY})


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _pretty(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
