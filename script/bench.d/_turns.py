"""One turn of one side, in a process of its own: what it takes, and the most memory of all its processes."""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
import pyogrio
import shapely
from _registries import checkpoint

from gis.coverage import Coverage
from gis.editions import get_edition
from gis.importing import ImportOptions
from gis.registry import Registry
from wangge.deliveries import deliver

Job: TypeAlias = dict[str, Any]
"""``side``, ``file`` and ``url`` (the registry, the file or database that is written), ``rows``; ``warm_up``
and ``warm_up_url``: a small delivery that is done first; ``profile``: where statistics of functions go."""

_SAMPLED_EVERY = 0.02  # seconds


def take_turn(script: str, job: Job) -> dict[str, Any]:
    """Run a job in a fresh process once the disk is quiet.

    Returns
    -------
    dict
        ``wall``, ``cpu`` (of it and its children, not of a server) in seconds; ``peak`` and ``own``, the most
        memory in MiB with and without pages of mapped files; and for ours ``edition`` and ``findings``.
    """
    os.sync()
    process = subprocess.Popen([sys.executable, script, "--turn", json.dumps(job)], stdout=subprocess.PIPE)
    peak = own = 0.0
    while process.poll() is None:
        resident, anonymous = _memory(process.pid)
        peak, own = max(peak, resident), max(own, anonymous)
        time.sleep(_SAMPLED_EVERY)
    assert process.stdout is not None
    told = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"{job['side']} failed on {job['file']}")
    result = json.loads(told.splitlines()[-1])
    return result | {"peak": max(peak, result["peak"]), "own": own}


def run_job(job: Job) -> int:
    """Do a job and print what came of it."""
    side = {"ours": _ours, "pyogrio": _pyogrio, "ogr2ogr": _ogr2ogr}[job["side"]]
    side(job | {"file": job["warm_up"], "url": job["warm_up_url"], "profile": None})
    if job["side"] == "ours":
        _load_kernels()
    before, began = os.times(), time.perf_counter()
    tell = side(job)
    wall, after = time.perf_counter() - began, os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    # ru_maxrss would also count the process that started this one
    peak = _status(os.getpid())["VmHWM"]
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": peak, **tell()}))
    return 0


def _load_kernels() -> None:
    """Load what the index of unit grids is compiled to, which a small delivery does without."""
    coverage = Coverage.build(shapely.box([0.0], [0.0], [1.0], [1.0]), ["1"])
    coverage.prepare()
    coverage.locate([0.5], [0.5])


def _ours(job: Job) -> Callable[[], dict[str, Any]]:
    with Registry.open(job["url"]) as registry:
        if job.get("profile"):
            report = _profiled(lambda: _delivered(registry, job["file"]), Path(job["profile"]))
        else:
            report = _delivered(registry, job["file"])
    checkpoint(job["url"])

    def tell() -> dict[str, Any]:
        with Registry.open(job["url"]) as registry:
            edition = get_edition(registry, report.edition)
        counts = {name: getattr(edition, name) for name in ("added", "changed", "retired", "unchanged")}
        found = Counter(f"{finding.code} {finding.severity}" for finding in report.findings)
        return {"edition": counts, "findings": found}

    return tell


def _delivered(registry: Registry, file: str) -> Any:
    return deliver(registry, "components", [Path(file)], ImportOptions(standard="2013"))


def _profiled(act: Callable[[], Any], path: Path) -> Any:
    profile = cProfile.Profile()
    result = profile.runcall(act)
    with path.open("w", encoding="utf-8") as stream:
        for order in ("tottime", "cumulative"):
            pstats.Stats(profile, stream=stream).sort_stats(order).print_stats(60)
    return result


def _pyogrio(job: Job) -> Callable[[], dict[str, Any]]:
    frame = pyogrio.read_dataframe(job["file"], use_arrow=False, encoding="GBK")
    pyogrio.write_dataframe(frame, job["url"], layer="census", driver="GPKG")
    _expect(len(frame), pyogrio.read_info(job["url"])["features"])
    return dict


def _ogr2ogr(job: Job) -> Callable[[], dict[str, Any]]:
    target = "PG:" + psycopg.conninfo.make_conninfo(job["url"])
    options = ["-nln", "census", "-overwrite", "--config", "PG_USE_COPY", "YES"]
    subprocess.run(["ogr2ogr", "-f", "PostgreSQL", target, job["file"], *options], check=True)
    checkpoint(job["url"])
    return lambda: _in_database(job)


def _in_database(job: Job) -> dict[str, Any]:
    with psycopg.connect(job["url"]) as connection:
        row = connection.execute("SELECT count(*) FROM census").fetchone()
    assert row is not None
    _expect(job["rows"], row[0])
    return {}


def _expect(rows: int, written: int) -> None:
    if rows != written:
        raise SystemExit(f"{written} rows were written of {rows}")


def _memory(pid: int) -> tuple[float, float]:
    """Return the memory of a process and all below it, with and without mapped files, in MiB."""
    resident = anonymous = 0.0
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        # it may have ended in the meantime
        with suppress(OSError, KeyError):
            status = _status(one)
            resident += status["VmRSS"]
            anonymous += status["RssAnon"] + status["RssShmem"]
            for children in Path(f"/proc/{one}/task").glob("*/children"):
                waiting += map(int, children.read_text().split())
    return resident, anonymous


def _status(pid: int) -> dict[str, float]:
    """Return the sizes in a process's status, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    sizes = (line.split() for line in lines if line.endswith(" kB"))
    return {name.rstrip(":"): int(kib) / 2**10 for name, kib, _ in sizes}
