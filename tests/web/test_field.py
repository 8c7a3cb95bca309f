"""What comes back from the field over HTTP: outcomes of answers, changes of components."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from gis.read import read_frame
from gis.registry import Registry
from responsibility.cases.outcomes import read_outcomes
from responsibility.cases.proposals import read_proposals
from web import field
from web.app import create_app

PLACE = {"lon": "106.5005", "lat": "29.4005", "class": "0101"}


@pytest.fixture
def client(city: Registry, client_of: Callable[[Starlette], httpx.Client]) -> httpx.Client:
    return client_of(create_app(city))


def asked(client: httpx.Client) -> tuple[dict[str, Any], str]:
    """Return the question with the moment of its asking, and the answer's identifier."""
    answer = client.get("/api/resolve", params=PLACE).json()
    return {**PLACE, "as_of": answer["as_of"]}, answer["answer_id"]


def test_an_outcome_repeats_its_question_and_is_kept(client: httpx.Client, city: Registry) -> None:
    question, answer = asked(client)
    body = {"question": question, "result": "returned", "reason": "不是我单位的", "evidence": "照片 12"}

    reply = client.post(f"/api/resolve/{answer}/outcome", json=body)

    assert reply.status_code == 201
    document = reply.json()
    assert (document["answer_id"], document["result"], document["reason"]) == (
        answer,
        "returned",
        "不是我单位的",
    )
    (kept,) = read_outcomes(city)
    assert kept.to_dict() == document
    again = client.get("/api/resolve", params={**question, "at": question["as_of"]})
    assert again.json()["answer_id"] == answer


def test_numbers_in_a_question_are_understood(client: httpx.Client) -> None:
    question, answer = asked(client)
    question |= {"lon": 106.5005, "lat": 29.4005}

    reply = client.post(f"/api/resolve/{answer}/outcome", json={"question": question, "result": "accepted"})

    assert reply.status_code == 201


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"result": "lost"}, "result"),
        ({"result": "changed", "reason": "x"}, "to"),
        ({"result": "returned"}, "reason"),
        ({"question": {}}, "as_of"),
        ({"question": "where"}, "question"),
        ({"reason": 7}, "reason"),
        ({"to": {"colour": "red"}}, "to.colour"),
        ({"colour": "red"}, "colour"),
        ({"basis": {"editions": {}}}, "question"),
    ],
)
def test_a_wrong_outcome_is_a_problem_that_names_the_field(
    client: httpx.Client, city: Registry, changes: dict[str, Any], named: str
) -> None:
    question, answer = asked(client)

    reply = client.post(
        f"/api/resolve/{answer}/outcome", json={"question": question, "result": "accepted", **changes}
    )

    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["field"] == named
    assert list(read_outcomes(city)) == []


def test_an_outcome_of_another_answer_is_refused(client: httpx.Client) -> None:
    question, _ = asked(client)

    reply = client.post(f"/api/resolve/{'0' * 32}/outcome", json={"question": question, "result": "accepted"})

    assert (reply.status_code, reply.json()["field"]) == (400, "question")


def test_a_change_is_kept_for_review_and_changes_nothing(client: httpx.Client, city: Registry) -> None:
    before = read_frame(city, "components")
    named = str(before["id"].iloc[0])

    reply = client.post(
        "/api/changes",
        json={"change": "moved", "component": named, "lon": 106.5012, "lat": 29.4012, "note": "移到路口"},
    )

    assert reply.status_code == 201
    (kept,) = read_proposals(city)
    assert kept.to_dict() == reply.json()
    assert (kept.component_id, kept.lon, kept.lat, str(kept.status)) == (named, 106.5012, 29.4012, "open")
    assert read_frame(city, "components").equals(before)


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ({"change": "stolen"}, 400, "change"),
        ({"change": "gone", "component": "5001990101999999"}, 404, "component"),
        ({"change": "new", "class": "0101", "lon": 1000, "lat": 29}, 400, "lon"),
    ],
)
def test_a_wrong_change_is_a_problem_that_names_the_field(
    client: httpx.Client, city: Registry, body: dict[str, Any], status: int, named: str
) -> None:
    reply = client.post("/api/changes", json=body)

    assert (reply.status_code, reply.json()["field"]) == (status, named)
    assert list(read_proposals(city)) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"gone"'])
def test_a_body_that_is_no_object_is_a_problem(client: httpx.Client, body: bytes) -> None:
    for path in ("/api/changes", "/api/resolve/x/outcome"):
        reply = client.post(path, content=body)
        assert (reply.status_code, reply.json()["field"]) == (400, "body")


def test_a_body_that_is_too_large_is_refused(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field, "MAX_BODY", 100)

    assert client.post("/api/changes", content=b'{"note":"' + b"x" * 200 + b'"}').status_code == 413
