"""``wangge demo``: the sample city, from files to answers."""

from __future__ import annotations

from pathlib import Path

import click

from gis.registry import Registry
from gis.text import t
from wangge.access_told import told_of_access
from wangge.demo.run import run_demo, summary
from wangge.session import Session, with_session
from web.server import serve


@click.command("demo", help=str(t("Build the sample city, import it, resolve its cases, serve it.")))
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("wangge-demo"),
    show_default=True,
    help=str(t("Folder of the sample city.")),
)
@click.option("--no-serve", is_flag=True, help=str(t("Stop after the summary.")))
@click.option("--host", default="127.0.0.1", show_default=True, help=str(t("Address to listen on.")))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help=str(t("Port.")))
@with_session
def command(session: Session, directory: Path, no_serve: bool, host: str, port: int) -> int:
    """Run the demonstration; the exit code is 1 when a sample case came out wrong."""
    url = session.registry_url if session.explicit else None
    result = run_demo(directory, session.tell, session.progress, url)
    session.show(result.to_dict(), lambda: summary(result))
    if result.wrong:
        return 1
    if not no_serve:
        with Registry.open(result.registry_url) as registry:
            session.tell(told_of_access(registry, host))
        session.tell(t("Map: http://{host}:{port}/  OGC API: http://{host}:{port}/ogc", host=host, port=port))
        serve(result.registry_url, host=host, port=port, workers=1)
    return 0
