"""The addresses of processes and jobs."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson
from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gis.errors import KeyNeeded, NotFound, TooLarge
from gis.jobs import Job, Result, Status
from gis.text import t
from ogc.access import principal_of, require
from ogc.negotiation import HTML, chosen_format
from ogc.pages import page_response
from ogc.parameters import COMMON, limit_of, period_of, query_of
from ogc.problems import PROBLEM_JSON
from ogc.processes.errors import JobFailed, NoSuchJob, ResultNotReady
from ogc.processes.execution import Execution, prefers_async, read_execution
from ogc.processes.jobs import PARAMETERS, jobs_document, read_jobs, read_jobs_query, status_document
from ogc.processes.process import Process
from ogc.processes.processes import PROCESSES, description, process_named, summary
from ogc.processes.runner import JobRunner, owner_of
from ogc.state import state_of

#: Heavy processes that are done at a time in one server process while their callers wait.
HEAVY = 2

_LISTING = (*COMMON, "limit", "after")


async def processes(request: Request) -> Response:
    """Answer ``/processes``: as many as are wanted, behind the one named by ``after``."""
    given = query_of(request.scope, _LISTING)
    base = state_of(request).base(request.scope)
    names = [name for name in PROCESSES if name > given.get("after", "")]
    listed = sorted(names)[: limit_of(given)]
    rest = {name: value for name, value in given.items() if name in ("limit", "after")}
    links = [
        _link(rel, media_type, f"{base}/processes?{urlencode({**rest, 'f': form})}")
        for rel, form, media_type in (
            ("self", "json", "application/json"),
            ("alternate", "html", "text/html"),
        )
    ]
    if len(listed) < len(names):
        onward = urlencode({**rest, "after": listed[-1], "f": "json"})
        links.append(_link("next", "application/json", f"{base}/processes?{onward}"))
    document = {"processes": [summary(PROCESSES[name], base) for name in listed], "links": links}
    return _document(request, "processes.html", document, query=given)


def _link(rel: str, media_type: str, href: str) -> dict[str, str]:
    return {"rel": rel, "type": media_type, "title": str(t("Processes")), "href": href}


async def process(request: Request) -> Response:
    """Answer ``/processes/{id}``."""
    found = process_named(request.path_params["process"])
    return _document(request, "process.html", description(found, state_of(request).base(request.scope)))


async def execution(request: Request) -> Response:
    """Answer ``POST /processes/{id}/execution``: at once, or by a job when the client prefers that."""
    query_of(request.scope)
    found = process_named(request.path_params["process"])
    principal = require(request.scope, found.action)
    asked = read_execution(found, await _body(request, found.max_body))
    runner = _runner(request)
    if prefers_async(request.headers.get("prefer", "")):
        return _accepted(request, await run_in_threadpool(runner.accept, found, asked, principal))
    media_type, content = await _done(runner, found, asked, principal)
    return Response(content, media_type=media_type)


async def jobs(request: Request) -> Response:
    """Answer ``/jobs``: those of whoever asks, newest first."""
    given = query_of(request.scope, (*COMMON, *PARAMETERS))
    period = period_of(given["datetime"]) if "datetime" in given else None
    query = read_jobs_query(given, period)
    owner = owner_of(principal_of(request.scope))
    found, onward = (
        ([], None)
        if owner is None
        else await run_in_threadpool(read_jobs, _runner(request).store, owner, query)
    )
    document = jobs_document(found, state_of(request).base(request.scope), given, onward)
    return _document(request, "document.html", document, title=t("Jobs"), query=given)


async def job(request: Request) -> Response:
    """Answer ``/jobs/{id}``."""
    found = await _of_job(request, "get")
    document = status_document(found, state_of(request).base(request.scope))
    return _document(request, "document.html", document, title=t("Job {id}", id=found.id))


async def dismissal(request: Request) -> Response:
    """Answer ``DELETE /jobs/{id}``."""
    query_of(request.scope)
    if owner_of(principal_of(request.scope)) is None:
        raise KeyNeeded(t("Jobs belong to API keys"), field="Authorization")
    found = await _of_job(request, "dismiss")
    return JSONResponse(status_document(found, state_of(request).base(request.scope)))


async def results(request: Request) -> Response:
    """Answer ``/jobs/{id}/results``: what was made, or why nothing was."""
    query_of(request.scope)
    found, result = await _of_job(request, "result")
    if found.status in (Status.ACCEPTED, Status.RUNNING):
        raise ResultNotReady(t("Job {id} has not ended", id=found.id), field="jobId", value=str(found.status))
    if found.status is Status.DISMISSED:
        raise NotFound(t("Job {id} was dismissed: it has no results", id=found.id), field="jobId")
    if result is None:
        raise JobFailed(found.message or t("Job {id} failed", id=found.id))
    return _result(result)


def _result(result: Result) -> Response:
    status = HTTPStatus.OK
    if result.media_type == PROBLEM_JSON:
        status = HTTPStatus(orjson.loads(result.content)["status"])
    return Response(result.content, status, media_type=result.media_type)


async def _of_job(request: Request, what: str) -> Any:
    """Ask the store for a job of whoever asks; everybody else's are not there for him."""
    job_id = request.path_params["job"]
    owner = owner_of(principal_of(request.scope))
    try:
        if owner is not None and "\0" not in job_id:
            return await run_in_threadpool(getattr(_runner(request).store, what), job_id, owner)
    except NotFound:
        pass
    raise NoSuchJob(t("There is no job {id}", id=job_id[:100]), field="jobId", value=job_id[:100])


async def _done(runner: JobRunner, found: Process, asked: Execution, principal: Any) -> tuple[str, bytes]:
    work = partial(runner.run_now, found, asked, principal)
    if not found.heavy:
        return await run_in_threadpool(work)
    return await to_thread.run_sync(work, limiter=_heavy(runner))


def _heavy(runner: JobRunner) -> CapacityLimiter:
    """Return the limiter of this event loop."""
    if runner.limiter is None:
        runner.limiter = CapacityLimiter(HEAVY)
    return runner.limiter


def _accepted(request: Request, accepted: Job) -> Response:
    base = state_of(request).base(request.scope)
    headers = {"Location": f"{base}/jobs/{accepted.id}", "Preference-Applied": "respond-async"}
    return JSONResponse(status_document(accepted, base), HTTPStatus.CREATED, headers)


async def _body(request: Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge(
                t("The body is larger than {limit} bytes", limit=limit), field="body", expected=f"<= {limit}"
            )
        parts.append(part)
    return b"".join(parts)


def _document(
    request: Request,
    template: str,
    document: dict[str, Any],
    *,
    title: object = None,
    query: dict[str, str] | None = None,
) -> Response:
    form = chosen_format(request.scope, query_of(request.scope) if query is None else query)
    headers = {"Vary": "Accept, Accept-Language"}
    if form == HTML:
        context = {"base": state_of(request).base(request.scope), "document": document, "title": title}
        return page_response(template, context, headers=headers)
    return JSONResponse(document, headers=headers)


def _runner(request: Request) -> JobRunner:
    runner: JobRunner = request.app.state.jobs
    return runner
