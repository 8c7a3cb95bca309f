"""The list of jobs page by page, whatever is asked for meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gis.job_worker import JobWorker
from ogc.processes import jobs
from tests.ogc.conftest import _asked, _fill
from tests.ogc.test_jobs import made

ECHO = {"inputs": {"text": "a"}}


@pytest.fixture
def idle(registry, frames, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    """An application that takes jobs and does none, and reads few at a time."""
    monkeypatch.setattr(JobWorker, "start", lambda _self: None)
    monkeypatch.setattr(jobs, "_PIECE", 3)
    _fill(registry, frames)
    with _asked(registry) as site:
        yield site


@pytest.mark.parametrize("limit", [1, 2, 3, 8])
@pytest.mark.parametrize("process", [None, "echo"])
def test_pages_of_jobs_unite_to_what_was_there(idle, limit: int, process: str | None) -> None:
    there = [made(idle, ECHO, "echo") if number % 2 else made(idle) for number in range(8)]
    expected = there[::-1] if process is None else there[::-2]
    seen: list[str] = []
    address: str | None = f"/ogc/jobs?limit={limit}" + (f"&processID={process}" if process else "")
    while address is not None:
        page = idle.client.get(address).json()
        assert len(page["jobs"]) <= limit
        seen += [job["jobID"] for job in page["jobs"]]
        made(idle, ECHO, "echo")
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert seen == expected


def test_the_last_page_has_no_next_and_links_keep_the_question(idle) -> None:
    for _ in range(3):
        made(idle, ECHO, "echo")
    document = idle.json("/jobs", limit=3, status="accepted,running")
    links = {link["rel"]: link["href"] for link in document["links"]}
    assert "next" not in links
    assert links["self"].endswith("/jobs?limit=3&status=accepted,running&f=json")
    assert idle.json("/jobs", after=0)["jobs"] == []
    assert idle.problem("/jobs", 400, after="x")["field"] == "after"
