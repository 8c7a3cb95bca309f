"""OGC API - Processes 1.0, by OGC's suite, whose executions go to the process ``echo``."""

from __future__ import annotations

from pathlib import Path

from _results import EXCUSED, FAILED, Result
from _suites import Suite

SUITE = Suite("processes10", "75abd1f37fc3aad95163fdce2e33e393b1ba5a88", "org.opengis.cite.ogcapiprocesses10")
SCHEMAS = "schemas.opengis.net"
#: What the suite's log says when it cannot load schemas.
UNREACHED = ("UnknownHostException", "ConnectException", "NoRouteToHostException")
#: Fails with the test before it, which needs a schema.
AFTER_SCHEMAS = "storeRequirementClassesInTestContext"
#: The schema of an answer lists its alternatives so that a text is two of them: a text, and one that holds
#: bytes. The suite says itself that this is not to be counted (ogcapi-processes, issue 350), and counts it in
#: some tests all the same.
AMBIGUOUS = "More than 1 schema is valid"


def processes(base: str, folder: Path) -> list[Result]:
    """Run the suite.

    Excused are tests that load schemas from the web when it cannot be reached, and those that fail by an
    ambiguity of the schema alone.
    """
    arguments = {"echoprocessid": "echo", "processtestlimit": "10", "testallprocesses": "true"}
    results = SUITE.run({"iut": base, **arguments}, folder)
    log = (folder / "log").read_text("utf-8", "replace")
    offline = SCHEMAS in log and any(name in log for name in UNREACHED)
    return [result.but(EXCUSED) if _excused(result, offline=offline) else result for result in results]


def _excused(result: Result, *, offline: bool) -> bool:
    if result.outcome != FAILED:
        return False
    by_schema = offline and (SCHEMAS in result.message or result.name == AFTER_SCHEMAS)
    return by_schema or AMBIGUOUS in result.message
