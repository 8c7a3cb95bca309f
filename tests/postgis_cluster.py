"""A private PostgreSQL cluster with PostGIS, for as long as tests run."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest

CLUSTER, AN_HOUR = "wangge-postgis-", 3600
NAMES = count(1)


@dataclass(frozen=True)
class PostgisServer:
    """A private PostgreSQL cluster on a free port."""

    port: int

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement)

    def create_database(self, template: str | None = None) -> str:
        """Create a database, a copy of a template or empty; return its URL."""
        name = f"wangge_{next(NAMES)}"
        # Where nothing is made durable, files are copied several times faster than their pages are logged
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'} STRATEGY FILE_COPY")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        self.execute(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)")


@contextmanager
def running_cluster() -> Iterator[PostgisServer]:
    """Start a cluster and stop it, or skip and name what to install."""
    programs = _postgresql_programs()
    _remove_abandoned_clusters()
    folder = Path(tempfile.mkdtemp(prefix=CLUSTER))
    as_user = _unprivileged(folder)
    data, log = folder / "data", (folder / "log").open("wb")
    fcntl.flock(log, fcntl.LOCK_EX)
    initialise = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*as_user, *initialise, "--locale=C.UTF-8", "--no-sync"], check=True, capture_output=True)
    port = _free_port()
    # Nothing here outlives the session: no time is spent on making it durable
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "1GB",
        "autovacuum": "off",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    process = subprocess.Popen(
        [*as_user, programs / "postgres", "-D", data, "-p", str(port), *arguments], stdout=log, stderr=log
    )
    server = PostgisServer(port)
    try:
        _wait_for(server, process, folder / "log")
        yield server
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(30)
        log.close()
        shutil.rmtree(folder)


def _postgresql_programs() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda p: int(re.sub(r"\D", "", p.parts[4]) or 0),
    )
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        pytest.skip("PostgreSQL is not installed: install postgresql and postgresql-<version>-postgis-3")
    programs = found[-1].parent if found else Path(on_path or "").parent
    config = subprocess.run(
        [programs / "pg_config", "--sharedir"], capture_output=True, text=True, check=True
    )
    if not (Path(config.stdout.strip()) / "extension" / "postgis.control").exists():
        pytest.skip(f"PostGIS is not installed for {programs}: install postgresql-<version>-postgis-3")
    return programs


def _remove_abandoned_clusters() -> None:
    """Remove what killed tests left: neither they nor their server hold the lock of the log any more."""
    for log in Path(tempfile.gettempdir()).glob(f"{CLUSTER}*/log"):
        with suppress(OSError), log.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - log.parent.stat().st_mtime > AN_HOUR:
                shutil.rmtree(log.parent)


def _unprivileged(folder: Path) -> list[str]:
    """Give the folder to a user PostgreSQL runs as; return the words that become that user."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres", "postgres")
    # When the tests are killed the server goes with them
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=INT"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(server: PostgisServer, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"PostgreSQL did not start:\n{log.read_text('utf-8', errors='replace')}")
