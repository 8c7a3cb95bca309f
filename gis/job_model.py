"""What a job is, in the words of OGC API - Processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gis.errors import WanggeError


class Status(StrEnum):
    """The states of a job, in the words of OGC API - Processes."""

    ACCEPTED = "accepted"
    RUNNING = "running"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    DISMISSED = "dismissed"


OPEN = (Status.ACCEPTED, Status.RUNNING)


class QueueFull(WanggeError):
    """Somebody has asked for as much work as he may at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job without its request and result.

    Attributes
    ----------
    id : str
        128 random bits, hexadecimal.
    fid : int
        Its number in the order of asking.
    process : str
        What is to be done.
    owner : str
        Who asked.
    language : str
        In which language it is answered.
    status : Status
    progress : int
        Per cent.
    message : str or None
        What is being done, or why it ended as it did.
    attempts : int
        How often it was begun.
    created_at, updated_at : datetime
        UTC, as the following.
    started_at, finished_at : datetime or None
    """

    id: str
    fid: int
    process: str
    owner: str
    language: str
    status: Status
    progress: int
    message: str | None
    attempts: int
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Result:
    """What a job made: the bytes and their media type."""

    media_type: str
    content: bytes
