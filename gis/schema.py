"""The version of a registry's schema, and how it is upgraded (Alembic, run from here)."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from gis.backend import Backend
from gis.errors import RegistryUnavailable
from gis.text import t

HEAD = "0013"
"""The schema this version of wangge works with: the newest of ``gis/migrations/versions``."""

VERSION_TABLE = "wangge_schema"
_MIGRATIONS = Path(__file__).parent / "migrations"
# Alembic keeps its context in module globals
_alembic = threading.Lock()


def current(connection: Connection) -> str | None:
    """Return the version of a registry's schema, ``None`` where there is no registry."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))


def require_head(connection: Connection, backend: Backend) -> None:
    """Refuse a database without a registry, and a schema of another version.

    Raises
    ------
    RegistryUnavailable
    """
    version = current(connection)
    if version == HEAD:
        return
    location = backend.location
    if version is None:
        raise RegistryUnavailable(
            t("{location} is not a registry of wangge", location=location),
            value=location,
            hint=t("Create a registry with `wangge init`, or name another with --registry"),
        )
    _refuse_newer(version, location)
    raise RegistryUnavailable(
        t("Registry {location} has schema {version}, this version of wangge needs {head}",
          location=location, version=version, head=HEAD),
        value=version,
        expected=HEAD,
        hint=t("Upgrade it with `wangge init`; make a backup first with `wangge backup`"),
    )  # fmt: skip


def upgrade(connection: Connection, backend: Backend) -> None:
    """Create the schema, or bring it to :data:`HEAD`, within the connection's transaction.

    Raises
    ------
    RegistryUnavailable
        The schema is newer than this version of wangge.
    """
    version = current(connection)
    if version == HEAD:
        return
    if version is not None:
        _refuse_newer(version, backend.location)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, backend=backend, version_table=VERSION_TABLE)
    with _alembic:
        command.upgrade(config, HEAD)


def _refuse_newer(version: str, location: str) -> None:
    if version > HEAD:
        raise RegistryUnavailable(
            t("Registry {location} was written by a newer wangge (schema {version}, known: {head})",
              location=location, version=version, head=HEAD),
            value=version,
            expected=HEAD,
            hint=t("Upgrade wangge on this machine"),
        )  # fmt: skip
