"""Run the site under uvicorn."""

from __future__ import annotations

import os
import socket
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from gis.errors import UsageError
from gis.text import t
from ogc.public_url import PUBLIC_URL
from web.app import create_app
from web.http_protocol import HttpProtocol
from web.listening import Listener, can_spread
from web.settings import HOST, REGISTRY

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
        Address to listen on; loopback unless somebody says otherwise, because there nobody is asked
        who he is until a key is made.
    port : int
        Port to listen on.
    workers : int
        Processes.
    public_url : str, optional
        Root of the site as seen from outside.

    Raises
    ------
    UsageError
        If the address cannot be listened on.
    RegistryUnavailable
        If the registry cannot be opened.
    """
    _check_address(host, port)
    options: dict[str, Any] = {"host": host, "port": port, "http": HttpProtocol}
    options |= {"log_level": "warning", "proxy_headers": False}
    if workers == 1:
        uvicorn.run(create_app(registry_url, public_url=public_url, host=host), **options)
        return
    os.environ |= {REGISTRY: registry_url, HOST: host}
    os.environ |= {PUBLIC_URL: public_url} if public_url is not None else {}
    options |= {"factory": True, "workers": workers}
    if can_spread():
        _run_workers(uvicorn.Config(_FACTORY, **options))
    else:
        uvicorn.run(_FACTORY, **options)


def _run_workers(config: uvicorn.Config) -> None:
    listener = Listener(config.host, config.port)
    try:
        # Each worker unpickles it into a socket of its own
        Multiprocess(config, sockets=[cast(socket.socket, listener)]).run()
    finally:
        listener.close()


def _check_address(host: str, port: int) -> None:
    """Refuse an address that is taken or not ours in words, before uvicorn does so in its own way."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise UsageError(
            t("Cannot listen on {host}, port {port}: {why}", host=host, port=port, why=error.strerror),
            field="port",
            value=port,
            expected=t("an address of this machine and a free port"),
        ) from error


def app_from_environment() -> Starlette:
    """Make the site in a process that inherits its settings from the environment.

    Where ``WANGGE_HOST`` does not say what the server listens on, everybody is asked for a key.

    Raises
    ------
    UsageError
        If ``WANGGE_REGISTRY`` is not set.
    """
    url = os.environ.get(REGISTRY)
    if not url:
        raise UsageError(t("{variable} is not set", variable=REGISTRY), field=REGISTRY)
    return create_app(url, host=os.environ.get(HOST, ""))
