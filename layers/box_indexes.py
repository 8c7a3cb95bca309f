"""Keep an index of boxes for each dataset that is asked about, as new as its table."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from gis.errors import WanggeError
from gis.models import DATASETS
from gis.registry import Registry
from layers.box_index import BoxIndex
from layers.box_reading import read_changed, read_index, read_stamp

#: Rows below which the database finds those of a box as quickly.
LEAST = 10_000

#: Rows above which an index would take more memory than a server is given: 12 bytes for each point.
GREATEST = 50_000_000

#: Seconds before something that could not be done is tried again.
PAUSE = 10.0

#: Seconds before it is tried again while somebody writes.
BREATH = 1.0

_log = logging.getLogger(__name__)


class BoxIndexes:
    """The indexes of one registry; they are made and renewed in a thread of their own.

    Whoever asks never waits: while there is no index the database is asked.

    Parameters
    ----------
    registry : Registry
        Where the tables lie.
    clock : callable
        Seconds that only go forward.
    """

    def __init__(self, registry: Registry, clock: Callable[[], float] = time.monotonic) -> None:
        self._registry = registry
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, BoxIndex] = {}
        self._busy: dict[str, threading.Thread] = {}
        self._not_before: dict[str, float] = {}
        self._closed = False

    def get(self, dataset: str) -> BoxIndex | None:
        """Return the index of a dataset, or begin to make it."""
        index = self._kept.get(dataset)
        if index is None:
            self._begin(dataset)
        return index

    def renew(self, dataset: str) -> None:
        """Begin to renew an index whose table was seen to have changed."""
        self._begin(dataset)

    def wait(self) -> None:
        """Wait until what was begun is done."""
        for thread in list(self._busy.values()):
            thread.join()

    def close(self) -> None:
        """Begin nothing any more, and end soon what was begun."""
        self._closed = True
        self.wait()

    def _begin(self, dataset: str) -> None:
        with self._lock:
            waits = self._clock() < self._not_before.get(dataset, 0.0)
            if self._closed or waits or dataset in self._busy:
                return
            thread = threading.Thread(
                target=self._work, args=(dataset,), name=f"boxes {dataset}", daemon=True
            )
            self._busy[dataset] = thread
            # Whoever waits for it finds it started
            thread.start()

    def _work(self, dataset: str) -> None:
        try:
            self._make(dataset)
        except WanggeError as error:
            _log.warning("no index of the boxes of %s: %s", dataset, error)
            self._not_before[dataset] = self._clock() + PAUSE
        finally:
            with self._lock:
                del self._busy[dataset]

    def _make(self, dataset: str) -> None:
        source, old = DATASETS[dataset], self._kept.get(dataset)
        with self._registry.connect() as connection:
            stamp = read_stamp(connection, source)
        if stamp is None or not LEAST <= stamp.live <= GREATEST:
            self._not_before[dataset] = self._clock() + (BREATH if stamp is None else PAUSE)
            return
        # A later snapshot, which has the rows of everybody who was at work when the stamp was taken
        with self._registry.connect() as connection:
            new = None if old is None else read_changed(connection, source, old, stamp)
            if new is None:
                new = read_index(connection, source, stamp, lambda: not self._closed)
        if new is not None:
            self._kept[dataset] = new
