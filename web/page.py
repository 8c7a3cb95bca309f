"""The page of the map: its template in two languages, its texts, and what it may load."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from pathlib import Path

from babel.messages.pofile import read_po
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from gis.errors import NotFound
from gis.text import LANGUAGES, language, t
from web.language import asked_language
from web.settings import read_map_settings

STATIC = Path(__file__).parent / "static"
NAMES = {"zh": "中文", "en": "English"}

_TEXT = re.compile(r"\{\{\s*(.+?)\s*\}\}")
_VALUE = re.compile(r"\{=\s*(\w+)\s*=\}")


def page_routes() -> list[Route]:
    """Return the routes of the page and of its texts."""
    return [Route("/", _page), Route("/i18n/{lang}.json", _texts)]


def _page(request: Request) -> Response:
    """Answer with the map, in Chinese unless the address or whoever started the site says otherwise."""
    page_language = asked_language(request.scope) or request.app.state.language or LANGUAGES[0]
    if not libraries_are_built():
        with language(page_language):
            return HTMLResponse(_libraries_missing(), HTTPStatus.SERVICE_UNAVAILABLE)
    request.app.state.search_names.prepare()
    basemaps = read_map_settings(request.app.state.registry).basemaps
    policy = content_security_policy(basemap.origin for basemap in basemaps)
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }
    return HTMLResponse(render_page(page_language), headers=headers)


def _libraries_missing() -> str:
    message = t(
        "The map's libraries are not built yet. Run {command}, then load this page again.",
        command="script/build-web",
    )
    return f"<!doctype html><meta charset=utf-8><title>wangge</title><p>{html.escape(str(message))}</p>"


async def _texts(request: Request) -> Response:
    return JSONResponse(page_texts(request.path_params["lang"]))


def render_page(page_language: str) -> str:
    """Return the page with its texts in a language.

    Parameters
    ----------
    page_language : str
        ``"zh"`` or ``"en"``.
    """
    other = next(name for name in LANGUAGES if name != page_language)
    values = {"lang": page_language, "other": other, "other_name": NAMES[other]}
    template = (STATIC / "index.html").read_text("utf-8")
    with language(page_language):
        translated = _TEXT.sub(lambda match: html.escape(str(t(match[1]))), template)
    return _VALUE.sub(lambda match: html.escape(values[match[1]]), translated)


def page_texts(page_language: str) -> dict[str, str]:
    """Return the texts the page's scripts show, by message id.

    Raises
    ------
    NotFound
        If the page does not speak that language.
    """
    if page_language not in LANGUAGES:
        raise NotFound(
            t("The page does not speak {language}", language=page_language),
            field="lang",
            value=page_language,
            expected=", ".join(LANGUAGES),
        )
    return {} if page_language == "en" else _chinese()


@cache
def _chinese() -> dict[str, str]:
    with (Path(__file__).parent / "locale" / "zh.po").open("rb") as source:
        catalogue = read_po(source, locale="zh")
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}


def libraries_are_built() -> bool:
    """Tell whether ``script/build-web`` has put the browser's libraries in place."""
    return all((STATIC / "vendor" / name).is_file() for name in ("ol.js", "ol.css", "proj4.js", "olms.js"))


def content_security_policy(origins: Iterable[str]) -> str:
    """Return the policy of the page: nothing from outside but the tiles of a configured base map.

    Parameters
    ----------
    origins : iterable of str
        Scheme and host of each base map.
    """
    outside = "".join(f" {origin}" for origin in sorted(set(origins)))
    return "; ".join(
        (
            "default-src 'self'",
            f"img-src 'self' data: blob:{outside}",
            f"connect-src 'self'{outside}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )
