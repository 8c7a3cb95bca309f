"""What was tried, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass(frozen=True)
class Result:
    """One test.

    Attributes
    ----------
    group : str
        The conformance class, or the client.
    name : str
        The test.
    outcome : str
        ``passed``, ``failed`` or ``skipped``.
    message : str
        Why it did not pass.
    """

    group: str
    name: str
    outcome: str
    message: str = ""


def told(title: str, results: list[Result]) -> str:
    """Return a table of the results by group, and below it what did not pass and why."""
    lines = [f"== {title}"]
    for group in dict.fromkeys(result.group for result in results):
        counts = Counter(result.outcome for result in results if result.group == group)
        lines.append(f"{group:44}" + "".join(f"{counts[o]:5} {o}" for o in (PASSED, FAILED, SKIPPED)))
    for outcome in (FAILED, SKIPPED):
        for result, times in Counter(r for r in results if r.outcome == outcome).items():
            lines.append(f"{outcome} {times}x {result.group}: {result.name}: {result.message}")
    return "\n".join(lines)


def summary(results: list[Result]) -> str:
    """Return the closing line."""
    counts = Counter(result.outcome for result in results)
    return f"{counts[PASSED]} passed, {counts[FAILED]} failed, {counts[SKIPPED]} skipped"
