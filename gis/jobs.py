"""Jobs: work that is asked for now, done later, and survives a restart.

Jobs lie in the registry's own database. Whoever works on one writes a heartbeat; a job whose worker
stopped is taken up again by the next one, at most :data:`ATTEMPTS` times in all, so that work which ends
its process does not end every process after it. Work therefore has to be such that it may be done twice.
Ages are reckoned by the clock of the database, which all workers share.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, literal, or_, select, update
from sqlalchemy.engine import RowMapping

from gis.columns import from_json, to_json, to_milliseconds, utc_now
from gis.errors import DataRefused, NotFound
from gis.job_model import OPEN, Job, QueueFull, Result, Status
from gis.models import jobs
from gis.registry import Registry
from gis.text import current_language, language, t

__all__ = ["ATTEMPTS", "OPEN", "Job", "JobStore", "QueueFull", "Result", "Status"]

ATTEMPTS = 2
"""How often a job is begun when its worker stops."""

STALE = timedelta(seconds=60)
"""Without a heartbeat for so long, a worker is taken to have stopped."""

MAX_RESULT = 64_000_000
"""Bytes of a result that are kept."""

_COLUMNS = [jobs.c[name] for name in Job.__dataclass_fields__]


class JobStore:
    """The jobs of a registry.

    Parameters
    ----------
    registry : Registry
        Opened by the caller.
    stale : timedelta
        After how long without a heartbeat a worker is taken to have stopped.
    """

    def __init__(self, registry: Registry, *, stale: timedelta = STALE) -> None:
        self._registry = registry
        self._stale = stale

    def accept(self, process: str, owner: str, request: Any, *, queue: int) -> Job:
        """Take a job.

        Parameters
        ----------
        process : str
            What is to be done.
        owner : str
            Who asks.
        request : JSON value
            What it takes to do it; forgotten when it is done.
        queue : int
            How many jobs he may have that have not ended.

        Raises
        ------
        QueueFull
            If he has as many.
        """
        with self._write() as (connection, now):
            waiting = connection.scalar(
                select(func.count()).where(jobs.c.owner == owner, jobs.c.status.in_(OPEN))
            )
            if waiting is not None and waiting >= queue:
                raise QueueFull(
                    t("There are {count} jobs that have not ended", count=waiting),
                    expected=t("at most {limit} at a time", limit=queue),
                    hint=t("Wait until one has ended, or dismiss one"),
                )
            identifier = secrets.token_hex(16)
            connection.execute(
                insert(jobs).values(
                    id=identifier,
                    process=process,
                    owner=owner,
                    language=current_language(),
                    status=Status.ACCEPTED,
                    request=to_json(request),
                    created_at=now,
                    updated_at=now,
                )
            )
            return self._found(connection, identifier, owner)

    def get(self, job_id: str, owner: str) -> Job:
        """Return a job of somebody.

        Raises
        ------
        NotFound
            If he has no such job.
        """
        with self._registry.connect() as connection:
            return self._found(connection, job_id, owner)

    def listed(
        self, owner: str, *, limit: int, statuses: tuple[str, ...] = (), before: int | None = None
    ) -> list[Job]:
        """Return jobs of somebody, newest first: the newest of all, or of those before a number."""
        query = select(*_COLUMNS).where(jobs.c.owner == owner)
        if before is not None:
            query = query.where(jobs.c.fid < before)
        if statuses:
            query = query.where(jobs.c.status.in_(statuses))
        with self._registry.connect() as connection:
            rows = connection.execute(query.order_by(jobs.c.fid.desc()).limit(limit)).mappings()
            return [_job(row) for row in rows]

    def result(self, job_id: str, owner: str) -> tuple[Job, Result | None]:
        """Return a job of somebody and what it made; a failed one made the problem.

        Raises
        ------
        NotFound
            If he has no such job.
        """
        with self._registry.connect() as connection:
            job = self._found(connection, job_id, owner)
            row = connection.execute(
                select(jobs.c.media_type, jobs.c.result).where(jobs.c.id == job_id)
            ).one()
        return job, None if row.result is None else Result(row.media_type, bytes(row.result))

    def dismiss(self, job_id: str, owner: str) -> Job:
        """Stop a job that has not ended, or forget what one made that has.

        Raises
        ------
        NotFound
            If he has no such job.
        """
        with self._write() as (connection, now):
            self._found(connection, job_id, owner)
            connection.execute(
                update(jobs)
                .where(jobs.c.id == job_id, jobs.c.status != Status.DISMISSED)
                .values(
                    status=Status.DISMISSED,
                    message=str(t("Dismissed")),
                    request=None,
                    result=None,
                    media_type=None,
                    updated_at=now,
                    finished_at=func.coalesce(jobs.c.finished_at, now),
                )
            )
            return self._found(connection, job_id, owner)

    def has_work(self) -> bool:
        """Tell whether a worker would find something, without writing."""
        with self._registry.connect() as connection:
            now = connection.scalar(select(utc_now()))
            assert now is not None
            found = connection.scalar(select(jobs.c.fid).where(self._takable(now)).limit(1))
        return found is not None

    def take(self, worker: str) -> tuple[Job, Any] | None:
        """Take the oldest job that waits or whose worker stopped; no other worker takes it, too.

        Returns
        -------
        tuple of Job and its request, or None
            A job that was begun too often is failed here.
        """
        with self._write() as (connection, now):
            query = select(*_COLUMNS, jobs.c.request).where(self._takable(now)).order_by(jobs.c.fid).limit(1)
            row = connection.execute(query.with_for_update(skip_locked=True)).mappings().first()
            if row is None:
                return None
            job = _job(row)
            if job.attempts >= ATTEMPTS:
                self._give_up(connection, job, now)
                return None
            connection.execute(
                update(jobs)
                .where(jobs.c.id == job.id)
                .values(
                    status=Status.RUNNING,
                    worker=worker,
                    attempts=job.attempts + 1,
                    progress=0,
                    message=None,
                    started_at=now,
                    updated_at=now,
                    heartbeat_at=now,
                )
            )
            return job, from_json(row["request"])

    def beat(self, job_id: str, worker: str, progress: int, message: str | None) -> bool:
        """Say that a job is worked on, and how far it is.

        Returns
        -------
        bool
            Whether to go on: false when the job was dismissed, or another worker has it now.
        """
        with self._write() as (connection, now):
            done = connection.execute(
                update(jobs)
                .where(_held(job_id, worker))
                .values(progress=progress, message=message, updated_at=now, heartbeat_at=now)
            )
            return done.rowcount == 1

    def is_held(self, job_id: str, worker: str) -> bool:
        """Tell, without writing, whether a job is still this worker's."""
        with self._registry.connect() as connection:
            return connection.scalar(select(jobs.c.fid).where(_held(job_id, worker))) is not None

    def finish(self, job_id: str, worker: str, result: Result) -> bool:
        """Keep what a job made; false when it is no longer this worker's.

        Raises
        ------
        DataRefused
            If it is larger than what is kept.
        """
        if len(result.content) > MAX_RESULT:
            raise DataRefused(
                t("The result has {size} bytes", size=len(result.content)),
                expected=t("at most {limit} bytes", limit=MAX_RESULT),
                hint=t("Ask for less at a time"),
            )
        return self._end(job_id, worker, Status.SUCCESSFUL, 100, None, result)

    def fail(self, job_id: str, worker: str, message: str, problem: Result) -> bool:
        """Keep why a job failed; false when it is no longer this worker's."""
        return self._end(job_id, worker, Status.FAILED, None, message, problem)

    def give_back(self, job_id: str, worker: str) -> None:
        """Let another worker begin a job anew, as this one is asked to stop; it counts as no attempt."""
        with self._write() as (connection, now):
            connection.execute(
                update(jobs)
                .where(_held(job_id, worker))
                .values(
                    status=Status.ACCEPTED,
                    worker=None,
                    attempts=jobs.c.attempts - 1,
                    progress=0,
                    message=None,
                    started_at=None,
                    updated_at=now,
                    heartbeat_at=None,
                )
            )

    def forget(self, older_than: timedelta) -> int:
        """Remove jobs that ended before, with their results; return how many. Nothing to do is no write."""
        with self._registry.connect() as connection:
            now = connection.scalar(select(utc_now()))
            assert now is not None
            old = select(jobs.c.fid).where(jobs.c.finished_at < now - older_than).limit(1)
            if connection.scalar(old) is None:
                return 0
        with self._write() as (connection, now):
            gone = connection.execute(delete(jobs).where(jobs.c.finished_at < now - older_than))
            return gone.rowcount

    def _end(
        self,
        job_id: str,
        worker: str,
        status: Status,
        progress: int | None,
        message: str | None,
        result: Result,
    ) -> bool:
        values: dict[str, Any] = {
            "status": status,
            "message": message,
            "media_type": result.media_type,
            "result": result.content,
            "request": None,
        }
        if progress is not None:
            values["progress"] = progress
        with self._write() as (connection, now):
            done = connection.execute(
                update(jobs).where(_held(job_id, worker)).values(**values, updated_at=now, finished_at=now)
            )
            return done.rowcount == 1

    def _give_up(self, connection: Connection, job: Job, now: datetime) -> None:
        with language(job.language):
            told = str(t("The server stopped {count} times while it worked on this job", count=job.attempts))
        connection.execute(
            update(jobs)
            .where(jobs.c.id == job.id)
            .values(status=Status.FAILED, message=told, request=None, updated_at=now, finished_at=now)
        )

    def _takable(self, now: datetime) -> ColumnElement[bool]:
        stopped = and_(
            jobs.c.status == Status.RUNNING,
            jobs.c.heartbeat_at < literal(now - self._stale, jobs.c.heartbeat_at.type),
        )
        return or_(jobs.c.status == Status.ACCEPTED, stopped)

    def _found(self, connection: Connection, job_id: str, owner: str) -> Job:
        query = select(*_COLUMNS).where(jobs.c.id == job_id, jobs.c.owner == owner)
        row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(t("There is no job {id}", id=job_id), field="jobId", value=job_id)
        return _job(row)

    @contextmanager
    def _write(self) -> Iterator[tuple[Connection, datetime]]:
        with self._registry.begin_aside() as connection:
            now = connection.scalar(select(utc_now()))
            assert now is not None
            yield connection, to_milliseconds(now)


def _held(job_id: str, worker: str) -> ColumnElement[bool]:
    return and_(jobs.c.id == job_id, jobs.c.worker == worker, jobs.c.status == Status.RUNNING)


def _job(row: RowMapping) -> Job:
    values = {name: row[name] for name in Job.__dataclass_fields__}
    return Job(**(values | {"status": Status(values["status"])}))
