"""How often and how much somebody may ask."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import UsageError
from layers.keys import add_key
from ogc.limits import (
    DEFAULT_RATE,
    Buckets,
    Rate,
    body_limit_from_environment,
    network_of,
    rate_from_environment,
)
from tests.ogc.conftest import _asked


def test_a_bucket_gives_what_it_holds_then_as_fast_as_it_fills() -> None:
    seconds = [0.0]
    buckets = Buckets(Rate(0.5, 3), lambda: seconds[0])
    assert [buckets.take("a") for _ in range(4)] == [None, None, None, 2]
    assert buckets.take("b") is None
    seconds[0] = 2.0
    assert [buckets.take("a") for _ in range(2)] == [None, 2]
    seconds[0] = 1_000.0
    assert [buckets.take("a") for _ in range(4)] == [None, None, None, 2]


def test_who_was_not_heard_of_for_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ogc.limits._REMEMBERED", 2)
    buckets = Buckets(Rate(0.001, 1), lambda: 0.0)
    for caller in ("a", "b", "c"):
        assert buckets.take(caller) is None
    assert buckets.take("c") is not None
    assert buckets.take("a") is None
    assert len(buckets._levels) == 2


@settings(deadline=None, max_examples=50)
@given(
    steps=st.lists(st.floats(0, 5), min_size=1, max_size=60),
    per_second=st.sampled_from([0.25, 1.0, 8.0]),
    burst=st.integers(1, 5),
)
def test_nobody_gets_more_than_the_burst_and_what_time_brings(steps, per_second, burst) -> None:
    seconds = [0.0]
    buckets = Buckets(Rate(per_second, burst), lambda: seconds[0])
    taken = 0
    for step in steps:
        seconds[0] += step
        wait = buckets.take("a")
        taken += wait is None
        assert taken <= burst + seconds[0] * per_second + 1e-6
        assert wait is None or wait >= 1


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("", DEFAULT_RATE),
        ("off", None),
        ("10/20", Rate(10.0, 20)),
        ("0.5", Rate(0.5, 1)),
        ("3", Rate(3.0, 6)),
    ],
)
def test_the_rate_is_read_from_the_environment(monkeypatch, text, rate) -> None:
    monkeypatch.setenv("WANGGE_RATE_LIMIT", text)
    assert rate_from_environment() == rate


@pytest.mark.parametrize("text", ["fast", "0", "-1", "1/0", "inf", "nan", "1/2/3", "1/1.5", "/"])
def test_a_rate_that_is_none_is_refused(monkeypatch, text) -> None:
    monkeypatch.setenv("WANGGE_RATE_LIMIT", text)
    with pytest.raises(UsageError) as refusal:
        rate_from_environment()
    assert refusal.value.field == "WANGGE_RATE_LIMIT"


@pytest.mark.parametrize("text", ["0", "-5", "1e6", "many", "9" * 16, "５"])
def test_a_body_limit_that_is_none_is_refused(monkeypatch, text) -> None:
    monkeypatch.setenv("WANGGE_BODY_LIMIT", text)
    with pytest.raises(UsageError):
        body_limit_from_environment()


def test_addresses_of_one_network_count_as_one() -> None:
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9")
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
    assert network_of("::ffff:10.0.0.1") == network_of("10.0.0.1") != network_of("10.0.0.2")
    assert network_of("unix") == "unix"


@pytest.fixture
def limited(gpkg_registry, monkeypatch: pytest.MonkeyPatch):
    """Return a client of an application with tight limits, and the headers of a key."""
    monkeypatch.setenv("WANGGE_RATE_LIMIT", "0.01/3")
    monkeypatch.setenv("WANGGE_BODY_LIMIT", "1000")
    _key, token = add_key(gpkg_registry, "test", ["admin"])
    with _asked(gpkg_registry) as site:
        yield site.client, {"x-api-key": token}


def test_too_many_requests_are_told_when_to_come_again(limited) -> None:
    client, headers = limited
    assert [client.get("/ogc/conformance").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/ogc/conformance")
    assert int(refused.headers["retry-after"]) > 1
    assert refused.headers["content-type"] == "application/problem+json"
    # A key has a bucket of its own
    assert client.get("/ogc/conformance", headers=headers).status_code == 200


def test_wrong_keys_are_slowed_down_and_keep_no_right_one_out(limited) -> None:
    client, headers = limited
    wrong = [client.get("/ogc/conformance", headers={"x-api-key": f"wk_{n}"}).status_code for n in range(12)]
    assert wrong == [401] * 10 + [429] * 2
    assert client.get("/ogc/conformance", headers=headers).status_code == 200


def test_a_body_too_large_is_refused_announced_or_not(limited) -> None:
    client, headers = limited

    async def parts():
        for _ in range(20):
            yield b"x" * 100

    path = "/ogc/processes/resolve/execution"
    assert client.post(path, content=b"x" * 2000, headers=headers).status_code == 413
    unannounced = client.post(path, content=parts(), headers=headers)
    assert unannounced.status_code == 413
    assert unannounced.json()["field"] == "body"
