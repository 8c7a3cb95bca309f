"""A private PostgreSQL cluster for the length of a benchmark."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster with PostGIS on a free port and yield the URL of an empty database."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="wangge-bench-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=INT"]
    make = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*as_user, *make, "--locale=C.UTF-8", "--no-sync"], check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "shared_buffers": "512MB"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*as_user, programs / "postgres", "-D", folder / "data", "-p", str(port)]
            + [f"--{name}={value}" for name, value in options.items()],
            stdout=log,
            stderr=log,
        )
        try:
            url = f"postgresql://postgres@127.0.0.1:{port}"
            _wait(f"{url}/postgres", process)
            with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE bench")
            yield f"{url}/bench"
        finally:
            # SIGINT is PostgreSQL's fast shutdown
            process.send_signal(2)
            process.wait(60)
            shutil.rmtree(folder)


def _programs() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(re.sub(r"\D", "", path.parts[4]) or 0),
    )
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise SystemExit("PostgreSQL is not installed: install postgresql and postgis")
    return found[-1].parent if found else Path(on_path or "").parent


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("PostgreSQL did not start")
