"""OGC API - Processes 1.0, by OGC's suite."""

from __future__ import annotations

from pathlib import Path

import httpx
from _results import EXCUSED, FAILED, Result
from _suites import Suite

SUITE = Suite("processes10", "75abd1f37fc3aad95163fdce2e33e393b1ba5a88", "org.opengis.cite.ogcapiprocesses10")
ECHO = "echo"
SCHEMAS = "schemas.opengis.net"
#: What the suite's log says when it cannot load schemas.
UNREACHED = ("UnknownHostException", "ConnectException", "NoRouteToHostException")
#: Fails with the test before it, which needs a schema.
AFTER_SCHEMAS = "storeRequirementClassesInTestContext"


def processes(base: str, folder: Path) -> list[Result]:
    """Run the suite; its jobs go to a process ``echo``, or, where there is none, to ``resolve``.

    Excused are tests that load schemas from the web when it cannot be reached, and executions with
    made-up inputs when there is no process that takes whatever it is given.
    """
    listed = {process["id"] for process in httpx.get(f"{base}/processes").json()["processes"]}
    echo = ECHO if ECHO in listed else "resolve"
    arguments = {"echoprocessid": echo, "processtestlimit": "10", "testallprocesses": "true"}
    results = SUITE.run({"iut": base, **arguments}, folder)
    log = (folder / "log").read_text("utf-8", "replace")
    offline = SCHEMAS in log and any(name in log for name in UNREACHED)
    return [
        result.but(EXCUSED) if _excused(result, offline=offline, echo=echo == ECHO) else result
        for result in results
    ]


def _excused(result: Result, *, offline: bool, echo: bool) -> bool:
    if result.outcome != FAILED:
        return False
    by_schema = offline and (SCHEMAS in result.message or result.name == AFTER_SCHEMAS)
    return by_schema or (not echo and result.group == "jobs.Jobs")
