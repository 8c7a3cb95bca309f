"""OGC API - Features 1.0: parts 1 and 2, by OGC's suite."""

from __future__ import annotations

from pathlib import Path

from _results import Result
from _suites import Suite

SUITE = Suite("features10", "a314c1e6a9278b14ab9a2ed865cfe36d202f0125", "org.opengis.cite.ogcapifeatures10")


def features(base: str, folder: Path) -> list[Result]:
    """Run the suite on all collections."""
    return SUITE.run({"iut": base, "noofcollections": "-1"}, folder)
