"""How jobs are told, and which of them a request asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from gis.columns import format_utc
from gis.errors import UsageError
from gis.jobs import OPEN, Job, JobStore, Status
from gis.text import t
from layers.query import Period
from ogc.processes.inputs import cannot_be

PARAMETERS = ("limit", "after", "type", "processID", "status", "datetime", "minDuration", "maxDuration")

MAX_LIMIT = 1_000
DEFAULT_LIMIT = 100

#: Jobs that are read at once, to look for those that are asked for.
_PIECE = 1_000

_REGISTER = "http://www.opengis.net/def/rel/ogc/1.0"


@dataclass(frozen=True, slots=True)
class JobsQuery:
    """Which jobs are asked for.

    Attributes
    ----------
    limit : int
    after : int or None
        Number of the last job of the page before.
    processes, statuses : tuple of str
        All when empty.
    period : Period or None
        When they were made.
    least, most : float
        Seconds they took or have taken.
    """

    limit: int = DEFAULT_LIMIT
    after: int | None = None
    processes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    period: Period | None = None
    least: float = 0.0
    most: float = math.inf

    def holds(self, job: Job) -> bool:
        """Tell whether a job is asked for."""
        if self.processes and job.process not in self.processes:
            return False
        if self.period is not None and not _within(self.period, job.created_at):
            return False
        seconds = _seconds(job)
        if seconds is None:
            return self.least <= 0 and math.isinf(self.most)
        return self.least <= seconds <= self.most


def read_jobs_query(given: Mapping[str, str], period: Period | None) -> JobsQuery:
    """Read the parameters of ``/jobs``.

    Parameters
    ----------
    given : mapping
        Name to text.
    period : Period or None
        ``datetime``, read already.

    Raises
    ------
    UsageError
        If one cannot be understood.
    """
    types = _listed(given, "type")
    if any(one != "process" for one in types):
        raise cannot_be("type", given["type"], "process")
    statuses = _listed(given, "status")
    for one in statuses:
        if one not in set(Status):
            raise cannot_be("status", one, ", ".join(Status))
    return JobsQuery(
        limit=min(_count(given, "limit", DEFAULT_LIMIT, least=1), MAX_LIMIT),
        after=_count(given, "after", None, least=0),
        processes=_listed(given, "processID"),
        statuses=statuses,
        period=period,
        least=_count(given, "minDuration", 0, least=0),
        most=_count(given, "maxDuration", math.inf, least=0),
    )


def read_jobs(store: JobStore, owner: str, query: JobsQuery) -> tuple[list[Job], int | None]:
    """Read a page of somebody's jobs, newest first.

    Returns
    -------
    (list of Job, int or None)
        The jobs, and ``after`` of the next page when there is one.
    """
    found: list[Job] = []
    last = query.after
    while True:
        piece = store.listed(owner, limit=_PIECE, statuses=query.statuses, before=last)
        found += filter(query.holds, piece)
        if len(found) > query.limit:
            return found[: query.limit], found[query.limit - 1].fid
        if len(piece) < _PIECE:
            return found, None
        last = piece[-1].fid


def status_document(job: Job, base: str) -> dict[str, Any]:
    """Return the status of a job, by the standard's ``statusInfo.yaml``.

    Parameters
    ----------
    job : Job
    base : str
        Absolute URL of ``/ogc``.
    """
    document: dict[str, Any] = {
        "processID": job.process,
        "type": "process",
        "jobID": job.id,
        "status": str(job.status),
        "progress": job.progress,
        "created": format_utc(job.created_at),
        "updated": format_utc(job.updated_at),
    }
    for name, value in (("started", job.started_at), ("finished", job.finished_at)):
        if value is not None:
            document[name] = format_utc(value)
    if job.message is not None:
        document["message"] = job.message
    return document | {"links": _links(job, base)}


def jobs_document(
    jobs: list[Job], base: str, given: Mapping[str, str] | None = None, onward: int | None = None
) -> dict[str, Any]:
    """Return a list of jobs.

    Parameters
    ----------
    jobs : list of Job
    base : str
        Absolute URL of ``/ogc``.
    given : mapping, optional
        What was asked, kept by the links.
    onward : int, optional
        ``after`` of the next page.
    """
    kept = {name: value for name, value in (given or {}).items() if name in PARAMETERS}
    links = [_link("self", t("Jobs"), _listing(base, kept, "json"))]
    links.append(_link("alternate", t("Jobs"), _listing(base, kept, "html"), "text/html"))
    if onward is not None:
        links.append(_link("next", t("Next page"), _listing(base, kept | {"after": str(onward)}, "json")))
    return {"jobs": [status_document(job, base) for job in jobs], "links": links}


def _listing(base: str, kept: Mapping[str, str], form: str) -> str:
    return f"{base}/jobs?{urlencode({**kept, 'f': form}, safe=',:/')}"


def _links(job: Job, base: str) -> list[dict[str, str]]:
    root = f"{base}/jobs/{job.id}"
    links = [_link("self", t("Status of the job"), f"{root}?f=json")]
    links.append(_link("up", t("Jobs"), f"{base}/jobs?f=json"))
    if job.status in OPEN:
        # Where to look again (RFC 5989): clients that follow a job look for it
        links.append(_link("monitor", t("Status of the job"), f"{root}?f=json"))
    elif job.status is Status.SUCCESSFUL:
        links.append(_link(f"{_REGISTER}/results", t("Results"), f"{root}/results"))
    elif job.status is Status.FAILED:
        told = _link(f"{_REGISTER}/exceptions", t("Why it failed"), f"{root}/results")
        links.append(told | {"type": "application/problem+json"})
    return links


def _link(rel: str, title: object, href: str, media_type: str = "application/json") -> dict[str, str]:
    return {"rel": rel, "type": media_type, "title": str(title), "href": href}


def _listed(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in given[name].split(",")) if name in given else ()


def _count(given: Mapping[str, str], name: str, default: Any, *, least: int) -> Any:
    text = given.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= least):
        raise UsageError(
            t("{field} cannot be {value}", field=name, value=repr(text[:50])),
            field=name,
            value=text[:50],
            expected=t("A whole number from {least}", least=least),
        )
    return int(text)


def _seconds(job: Job) -> float | None:
    if job.started_at is None:
        return None
    until = job.finished_at or datetime.now(UTC)
    return (until - job.started_at).total_seconds()


def _within(period: Period, moment: datetime) -> bool:
    after = period.start is None or period.start <= moment
    return after and (period.end is None or moment <= period.end)
