"""Know which editions a registry has, without asking it for every question."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gis.editions import basis
from gis.registry import Registry
from responsibility.snapshot import NO_PART, History

# For so long after a look the registry is taken as unchanged, unless this process wrote to it.
# Who asks one question after another would otherwise wait for the database longer than for the answers.
LATELY_S = 0.01


@dataclass(frozen=True, slots=True)
class Look:
    """The editions a registry had at a moment.

    Attributes
    ----------
    history : History
        The editions.
    present : datetime
        The moment, not before the newest edition whatever the clock says: what is answered from them holds
        then.
    began : float
        When it was looked, by ``time.monotonic``.
    commits : int
        What :attr:`gis.registry.Registry.commits` was.
    """

    history: History
    present: datetime
    began: float
    commits: int


class Editions:
    """The editions of a registry, read again only when there are new ones.

    Parameters
    ----------
    registry : Registry
        Asked whether there are.
    now : callable
        The clock on the wall.
    """

    def __init__(self, registry: Registry, now: Callable[[], datetime]) -> None:
        self._registry = registry
        self._now = now
        self._latest: Look | None = None

    def look(self) -> Look:
        """Return the editions there are."""
        commits, began, now = Registry.commits, time.monotonic(), self._now()
        history = self._latest.history if self._latest is not None else None
        if history is None or history.holds_many_moments or not self.are_still(history.latest):
            history = History(self._registry)
        self._latest = Look(history, max(now, history.last_commit or now), began, commits)
        return self._latest

    def lately(self) -> Look:
        """Return the editions there were at most a hundredth of a second ago."""
        return self.known() or self.look()

    def known(self, *, however_old: bool = False) -> Look | None:
        """Return the latest look if nothing can have changed since, or not for long, without a new one."""
        latest = self._latest
        if latest is None or latest.commits != Registry.commits or latest.history.holds_many_moments:
            return None
        return latest if however_old or time.monotonic() - latest.began < LATELY_S else None

    def are_still(self, latest: tuple[tuple[str, int], ...]) -> bool:
        """Tell whether these are the latest edition of each dataset."""
        with self._registry.connect() as connection:
            found = basis(connection)
        return tuple(sorted((name, one) for name, one in found.items() if name not in NO_PART)) == latest
