"""OGC API - Processes 1.0, by OGC's suite."""

from __future__ import annotations

from pathlib import Path

from _results import Result
from _suites import Suite

SUITE = Suite("processes10", "75abd1f37fc3aad95163fdce2e33e393b1ba5a88", "org.opengis.cite.ogcapiprocesses10")


def processes(base: str, folder: Path) -> list[Result]:
    """Run the suite on all processes."""
    return SUITE.run(
        {"iut": base, "echoprocessid": "resolve", "processtestlimit": "10", "testallprocesses": "true"},
        folder,
    )
