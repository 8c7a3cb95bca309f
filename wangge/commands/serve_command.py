"""``wangge serve``: the map, ``/api`` and ``/ogc``."""

from __future__ import annotations

import click

from gis.text import t
from wangge.access_told import told_of_access
from wangge.session import Session, with_session
from web.server import serve


@click.command("serve", help=str(t("Serve the map, /api and /ogc.")))
@click.option("--host", default="127.0.0.1", show_default=True, help=str(t("Address to listen on.")))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help=str(t("Port.")))
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help=str(t("Processes."))
)
@with_session
def command(session: Session, host: str, port: int, workers: int) -> None:
    """Serve until interrupted."""
    with session.registry() as registry:  # refuse now rather than in a worker
        url = registry.url
        session.tell(told_of_access(registry, host))
    session.tell(t("Map: http://{host}:{port}/  OGC API: http://{host}:{port}/ogc", host=host, port=port))
    serve(url, host=host, port=port, workers=workers)
