"""The keys of a registry, kept in memory of a server and looked at again every second."""

from __future__ import annotations

import hmac
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from gis.errors import RegistryUnavailable
from gis.registry import Registry
from layers.access import Principal
from layers.keys import ApiKey, digest_of, key_id_of, list_keys, note_use

#: Seconds for which a new or revoked key may go unnoticed.
CHECK_EVERY = 1.0

#: How often the last use of a key is noted at most.
NOTE_EVERY = timedelta(minutes=1)

_log = logging.getLogger("wangge.http")
_NOTHING = digest_of("")


def utc_clock() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class KeyRing:
    """Tell whose a key is.

    Parameters
    ----------
    registry : Registry
        Where the keys lie.
    clock : callable
        Seconds that only go forward.
    now : callable
        The time, by which keys expire.
    """

    def __init__(
        self,
        registry: Registry,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_clock,
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._now = now
        self._lock = threading.Lock()
        self._keys: dict[str, ApiKey] | None = None
        self._checked = 0.0
        self._used: dict[str, datetime] = {}
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="wangge-keys")

    @property
    def is_fresh(self) -> bool:
        """Whether the keys were looked at a moment ago; never waits."""
        return self._keys is not None and self._clock() - self._checked < CHECK_EVERY

    def refresh(self) -> None:
        """Look at the keys again when they were not looked at a moment ago."""
        with self._lock:
            if self.is_fresh:
                return
            now = self._clock()
            self._keys = {key.id: key for key in list_keys(self._registry)}
            self._checked = now

    @property
    def is_empty(self) -> bool:
        """Whether no key was ever made: revoking the last one does not open the registry again."""
        return not self._keys

    def principal(self, token: str) -> Principal | None:
        """Return who has a key, ``None`` when it is none, or expired or revoked.

        The comparison takes as long for a wrong key as for a right one.
        """
        key = (self._keys or {}).get(key_id_of(token) or "")
        right = hmac.compare_digest(digest_of(token), key.digest if key else _NOTHING)
        if key is None or not right or key.state(self._now()) != "valid":
            return None
        self._note(key)
        return key.principal

    def close(self) -> None:
        """Wait until the last uses are noted."""
        self._writer.shutdown()

    def _note(self, key: ApiKey) -> None:
        """Note the use beside the request, which does not wait for other writers."""
        now = self._now()
        last = max(filter(None, (key.last_used_at, self._used.get(key.id))), default=None)
        if last is None or now - last >= NOTE_EVERY:
            self._used[key.id] = now
            self._writer.submit(self._write, key.id, now)

    def _write(self, key_id: str, now: datetime) -> None:
        try:
            note_use(self._registry, key_id, now, now - NOTE_EVERY)
        except RegistryUnavailable as error:
            _log.warning("%s", error)
