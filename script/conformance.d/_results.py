"""What was tried, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
#: Failed for a reason that is the test's own; the module of the suite says which.
EXCUSED = "excused"


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
        ``passed``, ``failed``, ``excused`` or ``skipped``.
    message : str
        Why it did not pass.
    """

    group: str
    name: str
    outcome: str
    message: str = ""

    def but(self, outcome: str) -> Result:
        """Return the same with another outcome."""
        return replace(self, outcome=outcome)


def told(title: str, results: list[Result]) -> str:
    """Return a table of the results by group, and below it what did not pass and why."""
    lines = [f"== {title}"]
    for group in dict.fromkeys(result.group for result in results):
        counts = Counter(result.outcome for result in results if result.group == group)
        lines.append(
            f"{group:44}" + "".join(f"{counts[o]:5} {o}" for o in (PASSED, FAILED, EXCUSED, SKIPPED))
        )
    for outcome in (FAILED, EXCUSED, SKIPPED):
        for result, times in Counter(r for r in results if r.outcome == outcome).items():
            lines.append(f"{outcome} {times}x {result.group}: {result.name}: {result.message}")
    return "\n".join(lines)


def summary(results: list[Result]) -> str:
    """Return the closing line; what is excused did not run to its end, and counts as skipped."""
    counts = Counter(result.outcome for result in results)
    return f"{counts[PASSED]} passed, {counts[FAILED]} failed, {counts[SKIPPED] + counts[EXCUSED]} skipped"
