"""One thread that works off the jobs of a registry, one after the other."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

from gis.errors import WanggeError
from gis.jobs import Job, JobStore, Result
from gis.text import language

_log = logging.getLogger("wangge.jobs")

#: Seconds between two looks for work that another process accepted, or left behind.
POLL = 2.0

#: Seconds between two looks while the registry cannot be used.
PATIENCE = 60.0

#: Seconds between two heartbeats, and between two notes of progress.
BEAT, NOTE = 10.0, 1.0

#: Seconds between two removals of old results.
FORGET = 600.0


class Stopped(BaseException):
    """The job was dismissed or the worker is to stop: raised out of the work, past its ``except``."""


class Progress(Protocol):
    """What work calls between its steps; it does not return when the work is no longer wanted."""

    def __call__(self, per_cent: float, message: object = None) -> None:
        """Say how far the work is."""


Run = Callable[[Job, Any, Progress], Result]
"""Does a job from its request."""

Explain = Callable[[BaseException], tuple[str, Result]]
"""Tells why a job failed: a message, and the problem document."""


class JobWorker:
    """Work off jobs in a thread of its own.

    Parameters
    ----------
    store : JobStore
        Whose jobs.
    run : callable
        Does one.
    explain : callable
        Tells why one failed.
    keep : timedelta
        How long jobs that ended are kept.
    poll, beat : float
        Seconds, see :data:`POLL`, :data:`BEAT`.
    """

    def __init__(
        self,
        store: JobStore,
        run: Run,
        explain: Explain,
        *,
        keep: timedelta,
        poll: float = POLL,
        beat: float = BEAT,
    ) -> None:
        self.name = secrets.token_hex(8)
        self._store, self._run, self._explain = store, run, explain
        self._keep, self._poll, self._beat = keep, poll, beat
        self._awake = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._forgotten = -FORGET

    def start(self) -> None:
        """Begin to look for work."""
        self._thread = threading.Thread(target=self._work, name="wangge-jobs", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Say that there is work now."""
        self._awake.set()

    def stop(self, timeout: float = 10.0) -> None:
        """Stop: give the job at hand back, or leave it to its heartbeat when it does not end in time."""
        self._ending.set()
        self._awake.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _work(self) -> None:
        pause = self._poll
        while not self._ending.is_set():
            self._awake.clear()
            try:
                self._tidy()
                while not self._ending.is_set() and self._store.has_work():
                    self.work_once()
                pause = self._poll
            except WanggeError as error:
                _log.warning("%s", error)
                pause = min(2 * pause, PATIENCE)
            except Exception:  # noqa: BLE001 - the thread lives as long as the server
                _log.exception("jobs")
            self._awake.wait(pause)

    def work_once(self) -> bool:
        """Take one job and do it; false when there was none to take."""
        taken = self._store.take(self.name)
        if taken is None:
            return False
        job, request = taken
        with (
            _Pulse(self._store, job.id, self.name, self._ending, self._beat) as pulse,
            language(job.language),
        ):
            try:
                result = self._run(job, request, pulse.progress)
                pulse.quiet()
                self._store.finish(job.id, self.name, result)
            except Stopped:
                pulse.quiet()
                if not pulse.lost:
                    self._store.give_back(job.id, self.name)
            except Exception as error:  # noqa: BLE001 - told to whoever asked
                pulse.quiet()
                self._store.fail(job.id, self.name, *self._explain(error))
        return True

    def _tidy(self) -> None:
        if time.monotonic() - self._forgotten >= FORGET:
            self._forgotten = time.monotonic()
            self._store.forget(self._keep)


class _Pulse:
    """Write heartbeat and progress of one job from a thread of its own, also while the work is silent."""

    def __init__(
        self, store: JobStore, job_id: str, worker: str, ending: threading.Event, beat: float
    ) -> None:
        self._store, self._job_id, self._worker = store, job_id, worker
        self._ending, self._beat = ending, beat
        self._told: tuple[int, str | None] = (0, None)
        self._over = threading.Event()
        self.lost = False
        self._thread = threading.Thread(target=self._go_on, name="wangge-job-pulse", daemon=True)

    def __enter__(self) -> _Pulse:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.quiet()

    def progress(self, per_cent: float, message: object = None) -> None:
        """Note how far the work is; the thread writes it within a second."""
        if self.lost or self._ending.is_set():
            raise Stopped
        self._told = (max(0, min(99, int(per_cent))), None if message is None else str(message))

    def quiet(self) -> None:
        """Write nothing from here on."""
        self._over.set()
        self._thread.join()

    def _go_on(self) -> None:
        written, last = self._told, time.monotonic()
        while not self._over.wait(min(NOTE, self._beat)):
            told = self._told
            if told == written and time.monotonic() - last < self._beat and not self._is_dismissed():
                continue
            # A busy registry is asked again; meanwhile nobody else can take the job either
            with suppress(WanggeError):
                self.lost = self.lost or not self._store.beat(self._job_id, self._worker, *told)
                written, last = told, time.monotonic()

    def _is_dismissed(self) -> bool:
        with suppress(WanggeError):
            return not self._store.is_held(self._job_id, self._worker)
        return False
