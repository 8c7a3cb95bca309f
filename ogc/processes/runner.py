"""The jobs of a server: taken from requests, done by one thread of this process."""

from __future__ import annotations

import logging
import math
import os
from datetime import timedelta
from typing import Any

from anyio import CapacityLimiter

from gis.errors import UsageError, WanggeError
from gis.job_worker import JobWorker, Progress
from gis.jobs import Job, JobStore, Result
from gis.text import t
from layers.access import Principal, Role
from ogc.problems import PROBLEM_JSON, problem_of
from ogc.processes.execution import Execution, answer
from ogc.processes.inputs import read_inputs
from ogc.processes.process import Caller, Process
from ogc.processes.processes import process_named
from ogc.state import OgcState

JOB_DAYS = "WANGGE_JOB_DAYS"
JOB_QUEUE = "WANGGE_JOB_QUEUE"

DEFAULT_DAYS, DEFAULT_QUEUE = 7.0, 20

_LOCAL = "local"
_log = logging.getLogger("wangge.jobs")


class JobRunner:
    """Take jobs, and do them.

    Parameters
    ----------
    state : OgcState
        The registry they are about, and lie in.

    Raises
    ------
    UsageError
        If ``WANGGE_JOB_DAYS`` or ``WANGGE_JOB_QUEUE`` is not a number they can be.
    """

    def __init__(self, state: OgcState) -> None:
        self._state = state
        self.limiter: CapacityLimiter | None = None
        self._queue = int(_number(JOB_QUEUE, DEFAULT_QUEUE, least=1, most=10_000))
        days = _number(JOB_DAYS, DEFAULT_DAYS, least=0.001, most=3_650)
        self.store = JobStore(state.registry)
        self.worker = JobWorker(self.store, self._run, _explain, keep=timedelta(days=days))

    def accept(self, process: Process, execution: Execution, principal: Principal) -> Job:
        """Take a job; it is begun as soon as those before it are done.

        Raises
        ------
        QueueFull
            If there are too many of the same owner.
        """
        request = {
            "inputs": execution.given,
            "response": execution.response,
            "principal": _written(principal),
        }
        job = self.store.accept(process.id, owner_of(principal) or "", request, queue=self._queue)
        self.worker.wake()
        return job

    def run_now(self, process: Process, execution: Execution, principal: Principal) -> tuple[str, bytes]:
        """Execute a process while the caller waits; return media type and body of the answer."""
        made = process.work(Caller(self._state, principal), execution.inputs, _nothing)
        return answer(process, execution.response, made)

    def _run(self, job: Job, request: Any, progress: Progress) -> Result:
        process = process_named(job.process)
        inputs = read_inputs(process.inputs, request["inputs"])
        made = process.work(Caller(self._state, _principal(request["principal"])), inputs, progress)
        return Result(*answer(process, request["response"], made))


def owner_of(principal: Principal) -> str | None:
    """Return whose jobs somebody sees: those of his key, or those made at the machine; else none."""
    if principal.local:
        return _LOCAL
    return None if principal.key is None else f"key:{principal.key}"


def _nothing(per_cent: float, message: object = None) -> None:
    """Nobody looks at the progress of what is waited for."""


def _written(principal: Principal) -> dict[str, Any]:
    return {
        "key": principal.key,
        "roles": sorted(principal.roles),
        "counties": None if principal.counties is None else sorted(principal.counties),
        "layers": None if principal.layers is None else sorted(principal.layers),
        "local": principal.local,
    }


def _principal(written: dict[str, Any]) -> Principal:
    counties, layers = written["counties"], written["layers"]
    return Principal(
        key=written["key"],
        roles=frozenset(map(Role, written["roles"])),
        counties=None if counties is None else frozenset(counties),
        layers=None if layers is None else frozenset(layers),
        local=written["local"],
    )


def _explain(error: BaseException) -> tuple[str, Result]:
    """Say why a job failed; what went wrong inside stays in the log."""
    if not isinstance(error, WanggeError):
        _log.error("job failed", exc_info=error)
        error = WanggeError(t("A fault of ours; it is in the server's log"))
    return str(error.message), Result(PROBLEM_JSON, bytes(problem_of(error).body))


def _number(variable: str, default: float, *, least: float, most: float) -> float:
    text = os.environ.get(variable, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise UsageError(
            t("{variable} cannot be {value}", variable=variable, value=repr(text[:50])),
            field=variable,
            value=text[:50],
            expected=f"{least:g} … {most:g}",
        )
    return value
