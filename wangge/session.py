"""What every command shares: which registry, which language, how results are shown."""

from __future__ import annotations

import functools
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import orjson

from gis.registry import Registry
from gis.text import LANGUAGES, t

Command = TypeVar("Command", bound=Callable[..., Any])
DEFAULT_REGISTRY = "wangge.gpkg"


class Session:
    """One run of the command line.

    Parameters
    ----------
    registry_url : str
        A GeoPackage path or ``postgresql://…``.
    explicit : bool
        Whether somebody named the registry, or it is the default file.
    as_json : bool
        Print exactly one JSON document on standard output.
    """

    def __init__(self, registry_url: str, *, explicit: bool, as_json: bool) -> None:
        self.registry_url = registry_url
        self.explicit = explicit
        self.as_json = as_json

    @contextmanager
    def registry(self, *, create: bool = False) -> Iterator[Registry]:
        """Open the registry for the length of a ``with`` block."""
        registry = Registry.open(self.registry_url, create=create)
        try:
            yield registry
        finally:
            registry.close()

    @contextmanager
    def registry_or_empty(self) -> Iterator[Registry]:
        """Open the registry; where nobody named one and none is there, an empty one for the time being."""
        if not self.registry_is_missing:
            with self.registry() as registry:
                yield registry
            return
        with tempfile.TemporaryDirectory() as folder:
            registry = Registry.open(str(Path(folder) / "empty.gpkg"), create=True)
            registry.init()
            try:
                yield registry
            finally:
                registry.close()

    @property
    def registry_is_missing(self) -> bool:
        """Whether the default registry file simply has not been made yet."""
        return not self.explicit and not Path(self.registry_url).exists()

    def show(self, document: Any, lines: Callable[[], str]) -> None:
        """Print a result: the document as JSON where asked for, else lines for people."""
        if self.as_json:
            click.echo(orjson.dumps(document, default=str).decode())
        else:
            click.echo(lines())

    def tell(self, message: object) -> None:
        """Tell something beside the result, on standard error."""
        click.echo(str(message), err=True)

    def progress(self, what: object) -> Callable[..., None]:
        """Return a callback that shows ``(done, total)`` or ``(stage, done, total)`` on a terminal."""
        return Progress(str(what)) if sys.stderr.isatty() else _silent


class Progress:
    """A line on the terminal that is rewritten as work goes on."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __call__(self, *state: Any) -> None:
        """Show ``(done, total)`` or ``(stage, done, total)``."""
        *stage, done, total = state
        name = " ".join([self.what, *map(str, stage)])
        end = "\n" if total and done >= total else ""
        percent = f" {100 * done // total:3d} %" if total else ""
        sys.stderr.write(f"\r\x1b[K{name}{percent} ({done}/{total}){end}")
        sys.stderr.flush()


def with_session(command: Command) -> Command:
    """Add ``--registry``, ``--lang`` and ``--json`` to a command and pass it a :class:`Session` first."""

    @functools.wraps(command)
    def wrapped(*args: Any, registry: str | None, lang: str | None, as_json: bool, **kwargs: Any) -> Any:
        del lang  # already chosen before the command line was built
        session = Session(registry or DEFAULT_REGISTRY, explicit=registry is not None, as_json=as_json)
        return command(session, *args, **kwargs)

    decorated: Any = wrapped
    for option in reversed(_shared_options()):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def _shared_options() -> list[Callable[[Any], Any]]:
    return [
        click.option(
            "--registry",
            metavar="URL",
            envvar="WANGGE_REGISTRY",
            help=str(t("A .gpkg file or postgresql://…; by default wangge.gpkg in this folder.")),
        ),
        click.option("--lang", type=click.Choice(LANGUAGES), help=str(t("Language of messages."))),
        click.option("--json", "as_json", is_flag=True, help=str(t("Print one JSON document."))),
    ]


def _silent(*_state: Any) -> None:
    """Show nothing: standard error is not a terminal."""
