"""Know which editions a registry has, without asking it for every question."""

from __future__ import annotations

import time

from gis.editions import basis
from gis.registry import Registry
from responsibility.snapshot import NO_PART, History

# For so long after it was asked the registry is taken as unchanged, unless this process wrote to it.
# Who asks one question after another would otherwise wait for the database longer than for the answers.
LATELY_S = 0.01


class Editions:
    """The editions of a registry, read again only when there are new ones.

    Parameters
    ----------
    registry : Registry
        Asked whether there are.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known: History | None = None
        self._checked = -1.0, -1

    def history(self) -> History:
        """Return the editions there are."""
        commits, now = Registry.commits, time.monotonic()
        known = self._known
        if known is None or known.holds_many_moments or not self.are_still(known):
            known = self._known = History(self._registry)
        self._checked = now, commits
        return known

    def lately(self) -> History:
        """Return the editions there were at most a hundredth of a second ago."""
        known, (checked, commits) = self._known, self._checked
        is_fresh = commits == Registry.commits and time.monotonic() - checked < LATELY_S
        return known if known is not None and is_fresh and not known.holds_many_moments else self.history()

    def are_still(self, history: History) -> bool:
        """Tell whether there are no others than these."""
        with self._registry.connect() as connection:
            latest = basis(connection)
        found = sorted((name, number) for name, number in latest.items() if name not in NO_PART)
        return tuple(found) == history.latest
