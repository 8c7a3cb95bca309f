"""What OGC API - Processes has names of its own for."""

from __future__ import annotations

from gis.errors import NotFound, WanggeError

_BASE = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"


class NoSuchProcess(NotFound):
    """There is no process of that name."""

    problem_type = f"{_BASE}/no-such-process"


class NoSuchJob(NotFound):
    """There is no job of that name, or it is somebody else's: no difference is made."""

    problem_type = f"{_BASE}/no-such-job"


class ResultNotReady(NotFound):
    """The job has not ended."""

    problem_type = f"{_BASE}/result-not-ready"


class JobFailed(WanggeError):
    """The job ended without saying more than a message."""
