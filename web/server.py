"""Run the site under uvicorn."""

from __future__ import annotations

import os

import uvicorn
from starlette.applications import Starlette

from gis.errors import UsageError
from gis.text import t
from web.app import create_app
from web.settings import REGISTRY

_FACTORY = "web.server:app_from_environment"


def serve(
    registry_url: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    public_url: str | None = None,
) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    registry_url : str
        A GeoPackage path or ``postgresql://…``; every worker opens it for itself.
    host : str
        Address to listen on; loopback unless somebody says otherwise, because nobody is asked who
        he is.
    port : int
        Port to listen on.
    workers : int
        Processes.
    public_url : str, optional
        Root of the site as seen from outside.
    """
    if workers == 1:
        app = create_app(registry_url, public_url=public_url)
        uvicorn.run(app, host=host, port=port, log_level="warning", proxy_headers=False)
        return
    os.environ[REGISTRY] = registry_url
    if public_url is not None:
        os.environ["WANGGE_PUBLIC_URL"] = public_url
    uvicorn.run(
        _FACTORY,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        proxy_headers=False,
    )


def app_from_environment() -> Starlette:
    """Make the site in a process that inherits its settings from the environment.

    Raises
    ------
    UsageError
        If ``WANGGE_REGISTRY`` is not set.
    """
    url = os.environ.get(REGISTRY)
    if not url:
        raise UsageError(t("{variable} is not set", variable=REGISTRY), field=REGISTRY)
    return create_app(url)
