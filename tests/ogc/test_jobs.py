"""Jobs over HTTP: made, looked at, dismissed, and done although the server was restarted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from gis.errors import UsageError
from gis.job_worker import JobWorker
from gis.jobs import STALE, JobStore
from gis.registry import Registry
from ogc.app import create_ogc_app
from tests.ogc.conftest import _asked, _fill
from tests.ogc.test_access import key

ASYNC = {"Prefer": "respond-async"}
BODY = {"inputs": {"lon": 106.52, "lat": 29.52}}
BAD = {"inputs": {"lon": 106.52, "lat": 29.52, "class": "no such class"}}


def ask(site, body: object = BODY, process: str = "resolve", headers: dict | None = None):
    path = f"/ogc/processes/{process}/execution"
    return site.client.post(path, json=body, headers=ASYNC | (headers or {}))


def made(site, body: object = BODY, process: str = "resolve", headers: dict | None = None) -> str:
    response = ask(site, body, process, headers)
    assert response.status_code == 201, response.text
    return response.json()["jobID"]


def ended(site, job: str, headers: dict | None = None) -> dict:
    """Wait until a job has ended."""
    pause = threading.Event()
    for _ in range(1200):
        status = site.client.get(f"/ogc/jobs/{job}", headers=headers or {}).json()
        if status["status"] not in ("accepted", "running"):
            return status
        pause.wait(0.05)
    raise AssertionError(status)


@pytest.fixture
def city(registry: Registry, frames, monkeypatch) -> Registry:
    """A filled registry, asked by applications that notice changes at once."""
    for module in ("published", "key_ring"):
        monkeypatch.setattr(f"layers.{module}.CHECK_EVERY", 0.0)
    _fill(registry, frames)
    return registry


@pytest.fixture
def idle(city: Registry, monkeypatch) -> Iterator:
    """An application that takes jobs and does none."""
    monkeypatch.setattr(JobWorker, "start", lambda _self: None)
    with _asked(city) as site:
        yield site


def test_a_job_is_made_done_and_answered(own_site) -> None:
    response = ask(own_site)
    assert response.status_code == 201, response.text
    accepted = response.json()
    assert response.headers["preference-applied"] == "respond-async"
    assert response.headers["location"] == f"http://localhost/ogc/jobs/{accepted['jobID']}"
    assert (accepted["processID"], accepted["type"], accepted["status"]) == ("resolve", "process", "accepted")
    (monitor,) = [link["href"] for link in accepted["links"] if link["rel"] == "monitor"]
    assert own_site.client.get(monitor).json()["jobID"] == accepted["jobID"]
    done = ended(own_site, accepted["jobID"])
    assert (done["status"], done["progress"]) == ("successful", 100)
    assert "monitor" not in {link["rel"] for link in done["links"]}
    assert done["created"] <= done["started"] <= done["finished"] <= done["updated"]
    (link,) = [link for link in done["links"] if link["rel"].endswith("/results")]
    result = own_site.client.get(link["href"])
    assert result.headers["content-type"] == "application/json"
    assert result.json()["unit_grid"]["code"] == "500113001001001"
    document = ended(own_site, made(own_site, BODY | {"response": "document"}))
    result = own_site.client.get(f"/ogc/jobs/{document['jobID']}/results").json()
    assert result["resolve"]["value"]["unit_grid"]["code"] == "500113001001001"
    listed = own_site.json("/jobs")["jobs"]
    assert [job["jobID"] for job in listed] == [document["jobID"], accepted["jobID"]]
    for path in ("/ogc/jobs", f"/ogc/jobs/{document['jobID']}"):
        page = own_site.client.get(path, params={"f": "html"})
        assert page.headers["content-type"].startswith("text/html")
        assert document["jobID"] in page.text


def test_a_job_is_done_in_the_language_it_was_asked_in(own_site) -> None:
    for tag, word in (("en", "grid"), ("zh", "网格")):
        body = {"inputs": {"kind": "grids", "file": {"value": "UEsDBA==", "mediaType": "application/zip"}}}
        path = f"/ogc/processes/check/execution?lang={tag}"
        job = own_site.client.post(path, json=body, headers=ASYNC).json()["jobID"]
        failed = ended(own_site, job)
        assert failed["status"] == "failed"
        assert failed["message"].isascii() == (tag == "en"), word


def test_a_job_that_fails_says_why(own_site) -> None:
    failed = ended(own_site, made(own_site, BAD))
    assert failed["status"] == "failed"
    assert "no such class" in failed["message"]
    (link,) = [link for link in failed["links"] if link["rel"].endswith("/exceptions")]
    told = own_site.client.get(link["href"])
    sync = own_site.client.post("/ogc/processes/resolve/execution", json=BAD)
    assert told.status_code == sync.status_code == 400
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json() == sync.json()


def test_a_fault_of_ours_fails_the_job_and_shows_nothing_of_the_inside(own_site, monkeypatch) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("SELECT secret")

    monkeypatch.setattr("ogc.processes.geocoding.geocode", fail)
    failed = ended(own_site, made(own_site, {"inputs": {"q": "x"}}, "geocode"))
    assert failed["status"] == "failed"
    told = own_site.client.get(f"/ogc/jobs/{failed['jobID']}/results")
    assert told.status_code == 500
    assert "secret" not in told.text + failed["message"]


def test_what_is_not_understood_makes_no_job(own_site) -> None:
    assert ask(own_site, {"inputs": {"colour": 1}}).status_code == 400
    assert ask(own_site, process="none").status_code == 404
    assert own_site.json("/jobs")["jobs"] == []


def test_results_are_not_ready_before_the_end_and_gone_when_dismissed(idle) -> None:
    job = made(idle)
    early = idle.client.get(f"/ogc/jobs/{job}/results")
    assert early.status_code == 404
    assert early.json()["type"].endswith("/ogcapi-processes-1/1.0/result-not-ready")
    dismissed = idle.client.request("DELETE", f"/ogc/jobs/{job}")
    assert dismissed.status_code == 200
    assert dismissed.json()["status"] == "dismissed"
    assert idle.client.get(f"/ogc/jobs/{job}").json()["status"] == "dismissed"
    assert idle.client.get(f"/ogc/jobs/{job}/results").status_code == 404
    for method, path in (("GET", "none"), ("DELETE", "none"), ("GET", "none/results"), ("GET", "%00")):
        missing = idle.client.request(method, f"/ogc/jobs/{path}")
        assert missing.status_code == 404
        assert missing.json()["type"].endswith("/ogcapi-processes-1/1.0/no-such-job")


def test_work_that_was_begun_stops_when_it_is_dismissed(own_site, monkeypatch) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def work(_caller: object, _inputs: object, progress: Callable) -> bytes:
        pause = threading.Event()
        try:
            while True:
                begun.set()
                progress(50, "half")
                pause.wait(0.01)
        finally:
            stopped.set()

    import ogc.processes.processes as module

    process = module.PROCESSES["geocode"]
    changed = {name: getattr(process, name) for name in process.__slots__} | {"work": work}
    monkeypatch.setitem(module.PROCESSES, "geocode", type(process)(**changed))
    job = made(own_site, {"inputs": {"q": "x"}}, "geocode")
    assert begun.wait(30)
    assert own_site.client.request("DELETE", f"/ogc/jobs/{job}").json()["status"] == "dismissed"
    assert stopped.wait(60)
    after = made(own_site)
    assert ended(own_site, after)["status"] == "successful"
    assert own_site.json(f"/jobs/{job}")["status"] == "dismissed"


def test_jobs_outlive_the_server(city: Registry, monkeypatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(JobWorker, "start", lambda _self: None)
        with _asked(city) as site:
            waiting, begun = made(site), made(site)
    store = JobStore(city)
    store.dismiss(waiting, "local")
    taken = store.take("a worker that is killed")
    assert taken is not None
    assert taken[0].id == begun
    with monkeypatch.context() as patched:
        patched.setattr(JobWorker, "start", lambda _self: None)
        with _asked(city) as site:
            waiting = made(site)
    stop_the_heart_of_the_dead(city)
    with _asked(city) as site:
        assert ended(site, waiting)["status"] == "successful"
        assert ended(site, begun)["status"] == "successful"
        code = site.json(f"/jobs/{begun}/results")["unit_grid"]["code"]
        assert code == "500113001001001"


def stop_the_heart_of_the_dead(registry: Registry) -> None:
    from sqlalchemy import update

    from gis.models import jobs

    with registry.begin_aside() as connection:
        running = connection.execute(jobs.select().where(jobs.c.status == "running")).one()
        beat = running.heartbeat_at - 2 * STALE - timedelta(seconds=1)
        connection.execute(update(jobs).where(jobs.c.id == running.id).values(heartbeat_at=beat))


def test_everybody_sees_his_own_jobs(city: Registry) -> None:
    with _asked(city) as site:
        local = made(site)
        first, second = key(site, "dispatcher"), key(site, "dispatcher")
        job = made(site, headers=first)
        assert ended(site, job, first)["status"] == "successful"
        listed = site.client.get("/ogc/jobs", headers=first).json()["jobs"]
        assert [one["jobID"] for one in listed] == [job]
        assert site.client.get("/ogc/jobs", headers=second).json()["jobs"] == []
        assert site.client.get("/ogc/jobs").json()["jobs"] == []
        for path in (f"/ogc/jobs/{job}", f"/ogc/jobs/{job}/results", f"/ogc/jobs/{local}"):
            assert site.client.get(path, headers=second).status_code == 404
            assert site.client.get(path).status_code == 404
        assert site.client.request("DELETE", f"/ogc/jobs/{job}", headers=second).status_code == 404
        assert site.client.request("DELETE", f"/ogc/jobs/{job}").status_code == 401
        assert ask(site).status_code == 401
        elsewhere = key(site, "dispatcher", counties=["500114"])
        failed = ended(site, made(site, headers=elsewhere), elsewhere)
        assert failed["status"] == "failed"
        told = site.client.get(f"/ogc/jobs/{failed['jobID']}/results", headers=elsewhere)
        assert told.status_code == 403


def test_nobody_has_too_many_jobs(city: Registry, monkeypatch) -> None:
    monkeypatch.setenv("WANGGE_JOB_QUEUE", "1")
    monkeypatch.setattr(JobWorker, "start", lambda _self: None)
    with _asked(city) as site:
        job = made(site)
        assert ask(site).status_code == 429
        site.client.request("DELETE", f"/ogc/jobs/{job}")
        made(site)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 2),
        ({"limit": "1"}, 1),
        ({"status": "dismissed"}, 1),
        ({"status": "dismissed,accepted"}, 2),
        ({"processID": "geocode"}, 1),
        ({"type": "process"}, 2),
        ({"datetime": "2000-01-01T00:00:00Z/.."}, 2),
        ({"datetime": "../2000-01-01T00:00:00Z"}, 0),
        ({"minDuration": "0"}, 2),
        ({"maxDuration": "5"}, 0),
    ],
)
def test_jobs_are_chosen_by_parameters(idle, query: dict[str, str], found: int) -> None:
    made(idle)
    other = made(idle, {"inputs": {"q": "x"}}, "geocode")
    idle.client.request("DELETE", f"/ogc/jobs/{other}")
    assert len(idle.json("/jobs", **query)["jobs"]) == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "x"),
        ("status", "sleeping"),
        ("type", "service"),
        ("minDuration", "-1"),
        ("maxDuration", "1e9"),
        ("datetime", "yesterday"),
        ("colour", "red"),
    ],
)
def test_wrong_parameters_of_jobs_are_refused_by_name(site, name: str, value: str) -> None:
    response = site.client.get("/ogc/jobs", params={name: value})
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["field"] == name


@pytest.mark.parametrize(
    ("variable", "value"),
    [("WANGGE_JOB_DAYS", "soon"), ("WANGGE_JOB_DAYS", "0"), ("WANGGE_JOB_QUEUE", "nan")],
)
def test_settings_that_cannot_be_are_refused(gpkg_registry, monkeypatch, variable, value) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError) as refused:
        create_ogc_app(gpkg_registry)
    assert refused.value.field == variable
