"""The names of a registry in memory, kept as new as the registry.

They are read in a thread when somebody opens the map or searches for the first time, and again when much
has changed; meanwhile the database is asked. After smaller editions only the rows they wrote are read, into
a second, small book; what they changed or retired is told by the edition of its row when a result is
completed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sqlalchemy import Connection, and_, func, or_, select
from starlette.concurrency import run_in_threadpool

from geocoding.names_index_read import NAMES, Stopped, read_book
from gis.edition_records import basis
from gis.errors import WanggeError
from gis.models import edition_parts
from gis.registry import Registry
from web.search_book import KeptBook
from web.search_classes import ClassNames
from web.search_results import Location

SMALL = 5_000
"""Rows changed since the names were read that are read by themselves: some tenths of a second."""

_LOCATIONS = 20_000

_log = logging.getLogger("wangge.web")


class SearchNames:
    """Names of one registry.

    Parameters
    ----------
    registry : Registry
        Whose names; to be open as long as this is :meth:`running`.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._stop.set()
        self._thread: threading.Thread | None = None
        self._base: KeptBook | None = None
        self._newer: KeptBook | None = None
        self._classes: tuple[int, ClassNames] | None = None
        self._locations: dict[tuple[str, int, int], Location] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read names when they are needed, until the site stops."""
        self._stop.clear()
        try:
            yield
        finally:
            await run_in_threadpool(self._close)

    @property
    def nbytes(self) -> int:
        """Memory that the names take, in bytes."""
        return sum(kept.book.nbytes for kept in (self._base, self._newer) if kept is not None)

    @property
    def locations(self) -> dict[tuple[str, int, int], Location]:
        """Where things lie, as far as it was looked up lately."""
        if len(self._locations) > _LOCATIONS:
            self._locations = {}
        return self._locations

    def prepare(self) -> None:
        """Begin to read the names if nobody has: soon somebody will search."""
        with self._lock:
            if self._base is None:
                self._start()

    def read(self) -> None:
        """Read all names now, in this thread.

        Raises
        ------
        Stopped
            The site is being stopped.
        """
        with self._registry.connect() as connection:
            editions = _editions(connection)
            self.classes(connection)
        book = read_book(self._registry, stopped=self._stop.is_set if self._thread else lambda: False)
        # The first to look for a name would wait for compiled code to be loaded
        book.find("a", 1)
        self._base, self._newer = KeptBook(book, dict.fromkeys(NAMES, 0), editions), None
        _log.info("names for the search take %.1f MiB", book.nbytes / 2**20)

    def books(self, connection: Connection) -> list[KeptBook] | None:
        """Return the names as they are now; None while they are read."""
        editions = _editions(connection)
        with self._lock:
            base = self._base
            if base is None:
                self._start()
                return None
            if base.newest == editions:
                return [base]
            if self._newer is None or self._newer.newest != editions:
                if _changed(connection, base.newest) > SMALL:
                    self._start()
                    return None
                self._newer = self._read_newer(base, editions)
            return [base, self._newer]

    def classes(self, connection: Connection) -> ClassNames:
        """Return the names of classes as they are now."""
        edition = basis(connection).get("classes", 0)
        kept = self._classes
        if kept is None or kept[0] != edition:
            kept = self._classes = (edition, ClassNames.of(self._registry))
        return kept[1]

    def _read_newer(self, base: KeptBook, editions: Mapping[str, int]) -> KeptBook:
        """Read what was written after the base; rows of still newer editions may be among it."""
        since = {
            dataset: base.newest[dataset] for dataset in NAMES if base.newest[dataset] < editions[dataset]
        }
        oldest = {dataset: edition + 1 for dataset, edition in base.newest.items()}
        return KeptBook(read_book(self._registry, since=since), oldest, dict(editions))

    def _start(self) -> None:
        """Begin to read in a thread, unless that is being done, or nobody would wait for its end."""
        if self._stop.is_set() or (self._thread is not None and self._thread.is_alive()):
            return
        self._thread = threading.Thread(target=self._run, name="wangge-search-names")
        self._thread.start()

    def _run(self) -> None:
        """Where reading fails the database goes on to be asked, and the next search begins anew."""
        try:
            self.read()
        except Stopped:
            _log.debug("names for the search are no longer needed")
        except WanggeError as error:
            _log.warning("names for the search could not be read: %s", error)

    def _close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()


def _editions(connection: Connection) -> dict[str, int]:
    known = basis(connection)
    return {dataset: known.get(dataset, 0) for dataset in NAMES}


def _changed(connection: Connection, editions: Mapping[str, int]) -> int:
    """Return how many things later editions added, changed or retired."""
    parts = edition_parts.c
    later = or_(*(and_(parts.dataset == name, parts.edition > edition) for name, edition in editions.items()))
    changes = func.coalesce(func.sum(parts.added + parts.changed + parts.retired), 0)
    return int(connection.scalar(select(changes).where(later)) or 0)
