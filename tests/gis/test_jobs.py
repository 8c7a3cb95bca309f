"""Jobs: taken once, given up when workers keep stopping, seen by their owner alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from gis import jobs as jobs_module
from gis.errors import DataRefused, NotFound
from gis.job_worker import JobWorker
from gis.jobs import JobStore, QueueFull, Result, Status
from gis.models import jobs
from gis.registry import Registry, open_registry
from gis.text import current_language, language

MADE = Result("application/json", b'{"made": 1}')


def accept(store: JobStore, owner: str = "a", request: object = None, queue: int = 10):
    return store.accept("double", owner, request, queue=queue)


def stop_the_heart(registry: Registry, age: timedelta) -> None:
    """Make all heartbeats as old as those of a process that was killed then."""
    with registry.begin_aside() as connection:
        for fid, beat in connection.execute(jobs.select().with_only_columns(jobs.c.fid, jobs.c.heartbeat_at)):
            connection.execute(update(jobs).where(jobs.c.fid == fid).values(heartbeat_at=beat - age))


def worker_of(store: JobStore, run: Callable, **details: float) -> JobWorker:
    def explain(error: BaseException) -> tuple[str, Result]:
        return str(error), Result("application/problem+json", b"{}")

    return JobWorker(store, run, explain, keep=timedelta(days=7), **details)


def test_a_job_goes_from_accepted_to_its_result(registry: Registry) -> None:
    store = JobStore(registry)
    with language("en"):
        job = accept(store, request={"x": [1, "二"]})
    assert (job.status, job.progress, job.language) == (Status.ACCEPTED, 0, "en")
    seen = []

    def run(job, request, progress):
        seen.append((job.process, request, current_language()))
        progress(40, "half")
        return MADE

    assert worker_of(store, run).work_once()
    assert seen == [("double", {"x": [1, "二"]}, "en")]
    job, result = store.result(job.id, "a")
    assert (job.status, job.progress, job.message) == (Status.SUCCESSFUL, 100, None)
    assert job.created_at <= job.started_at <= job.finished_at <= job.updated_at
    assert result == MADE
    with registry.connect() as connection:
        assert connection.scalar(jobs.select().with_only_columns(jobs.c.request)) is None
    assert not worker_of(store, run).work_once()


def test_jobs_are_their_owners(registry: Registry) -> None:
    store = JobStore(registry)
    first, second, other = accept(store), accept(store), accept(store, "b")
    assert [job.id for job in store.listed("a", limit=10)] == [second.id, first.id]
    assert [job.id for job in store.listed("a", limit=1)] == [second.id]
    assert store.listed("a", limit=10, statuses=("running",)) == []
    for ask in (store.get, store.result, store.dismiss):
        with pytest.raises(NotFound):
            ask(other.id, "a")
    assert store.get(other.id, "b").status is Status.ACCEPTED


def test_nobody_fills_the_queue(registry: Registry) -> None:
    store = JobStore(registry)
    first = accept(store, queue=2)
    accept(store, queue=2)
    with pytest.raises(QueueFull):
        accept(store, queue=2)
    accept(store, "b", queue=2)
    store.dismiss(first.id, "a")
    accept(store, queue=2)


def test_two_workers_never_take_one_job(registry_url: str) -> None:
    taken: list[str] = []

    def take_all(name: str, ready: threading.Barrier) -> None:
        with open_registry(registry_url) as own:
            store = JobStore(own)
            ready.wait()
            while (found := store.take(name)) is not None:
                taken.append(found[0].id)

    with open_registry(registry_url) as registry:
        store = JobStore(registry)
        wanted = [accept(store, queue=99).id for _ in range(30)]
    ready = threading.Barrier(3)
    threads = [threading.Thread(target=take_all, args=(f"w{n}", ready)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(wanted)


def test_the_job_of_a_worker_that_stopped_is_begun_again_and_then_given_up(registry: Registry) -> None:
    store = JobStore(registry)
    with language("en"):
        job = accept(store, request=1)
    for attempt in range(jobs_module.ATTEMPTS):
        found = store.take(f"w{attempt}")
        assert found is not None
        assert found[1] == 1
        assert not store.has_work()
        stop_the_heart(registry, 2 * jobs_module.STALE)
        assert store.has_work()
    assert store.take("last") is None
    failed = store.get(job.id, "a")
    assert failed.status is Status.FAILED
    assert failed.message == "The server stopped 2 times while it worked on this job"
    assert not store.has_work()


def test_who_lost_a_job_changes_nothing_of_it(registry: Registry) -> None:
    store = JobStore(registry)
    job = accept(store)
    store.take("first")
    stop_the_heart(registry, 2 * jobs_module.STALE)
    store.take("second")
    assert not store.beat(job.id, "first", 50, None)
    assert not store.finish(job.id, "first", MADE)
    assert not store.fail(job.id, "first", "no", MADE)
    store.give_back(job.id, "first")
    assert store.get(job.id, "a").status is Status.RUNNING
    assert store.finish(job.id, "second", MADE)


def test_a_failure_is_kept_and_the_worker_goes_on(registry: Registry) -> None:
    store = JobStore(registry)
    job, after = accept(store, request="bad"), accept(store, request="good")

    def run(_job, request, _progress):
        if request == "bad":
            raise DataRefused("cannot be done")
        return MADE

    worker = worker_of(store, run)
    assert worker.work_once()
    assert worker.work_once()
    failed, problem = store.result(job.id, "a")
    assert (failed.status, failed.message) == (Status.FAILED, "cannot be done")
    assert problem == Result("application/problem+json", b"{}")
    assert store.get(after.id, "a").status is Status.SUCCESSFUL


def test_a_dismissed_job_stops_at_its_next_step(registry: Registry) -> None:
    store = JobStore(registry)
    job = accept(store)
    begun, steps = threading.Event(), 0

    def run(_job, _request, progress):
        nonlocal steps
        begun.set()
        pause = threading.Event()
        while True:
            steps += 1
            progress(steps % 90)
            pause.wait(0.01)

    thread = threading.Thread(target=worker_of(store, run, beat=0.05).work_once)
    thread.start()
    assert begun.wait(30)
    assert store.dismiss(job.id, "a").status is Status.DISMISSED
    thread.join(30)
    assert not thread.is_alive()
    assert steps
    job, result = store.result(job.id, "a")
    assert (job.status, result) == (Status.DISMISSED, None)
    assert store.dismiss(job.id, "a").status is Status.DISMISSED


def test_a_worker_that_is_to_stop_gives_its_job_back(registry: Registry) -> None:
    store = JobStore(registry)
    job = accept(store)
    begun = threading.Event()

    def run(_job, _request, progress):
        begun.set()
        pause = threading.Event()
        while True:
            progress(1)
            pause.wait(0.01)

    worker = worker_of(store, run)
    worker.start()
    assert begun.wait(30)
    worker.stop(30)
    waiting = store.get(job.id, "a")
    assert (waiting.status, waiting.attempts, waiting.started_at) == (Status.ACCEPTED, 0, None)
    done = threading.Event()

    def finish(_job, _request, _progress):
        done.set()
        return MADE

    again = worker_of(store, finish)
    again.start()
    assert done.wait(30)
    again.stop(30)
    assert store.get(job.id, "a").status is Status.SUCCESSFUL


def test_silent_work_keeps_its_job(registry: Registry) -> None:
    store = JobStore(registry)
    job = accept(store)

    def run(_job, _request, _progress):
        # A beat may come at once, so that nobody sees it stand still
        stop_the_heart(registry, 2 * jobs_module.STALE)
        pause = threading.Event()
        for _ in range(600):
            if not store.has_work():
                return MADE
            pause.wait(0.05)
        raise AssertionError("no heartbeat came")

    worker_of(store, run, beat=0.1).work_once()
    assert store.get(job.id, "a").status is Status.SUCCESSFUL


def test_results_too_large_fail_and_old_ones_are_forgotten(registry: Registry, monkeypatch) -> None:
    store = JobStore(registry)
    monkeypatch.setattr(jobs_module, "MAX_RESULT", 3)
    large, waiting = accept(store), accept(store)
    worker_of(store, lambda *_: MADE).work_once()
    assert store.get(large.id, "a").status is Status.FAILED
    assert store.forget(timedelta(days=1)) == 0
    assert store.forget(timedelta(days=-1)) == 1
    assert [job.id for job in store.listed("a", limit=9)] == [waiting.id]


def test_an_edition_being_written_holds_up_no_job_of_a_server(postgis_registry: Registry) -> None:
    store = JobStore(postgis_registry)
    with postgis_registry.begin():
        job = accept(store)
        worker_of(store, lambda *_: MADE).work_once()
        assert store.get(job.id, "a").status is Status.SUCCESSFUL
