from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from gis.editions import commit
from gis.read import read_frame
from gis.registry import Registry
from gis.text import language
from responsibility import current
from responsibility.questions import question_from_params
from responsibility.resolver import Resolver
from web import standing
from web.app import create_app
from web.resolve_one import parameters_of

INSIDE = {"lon": "106.5005", "lat": "29.4005"}
ClientOf = Callable[[Starlette], httpx.Client]


@hypothesis_settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab=&%+2;é井 \x00"), max_size=20).map(str.encode))
def test_parameters_are_read_as_the_standard_library_reads_them(query: bytes) -> None:
    # Bytes that nobody encoded mean themselves, and a blank cannot be in an address
    encoded = "".join(chr(b) if 0x21 <= b < 0x7F else f"%{b:02X}" for b in query)
    asked = query if not query.isascii() else encoded.encode()
    assert parameters_of(asked) == dict(parse_qsl(encoded, keep_blank_values=True))


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_an_answer_is_the_resolvers_byte_for_byte(city: Registry, client_of: ClientOf, spoken: str) -> None:
    client = client_of(create_app(city))
    first = client.get("/api/resolve", params={**INSIDE, "class": "0101", "lang": spoken})
    assert first.headers["content-type"] == "application/json"
    assert int(first.headers["content-length"]) == len(first.content)
    moment = first.json()["as_of"]
    question = {**INSIDE, "class": "0101", "as_of": moment, "at": moment}
    with language(spoken):
        expected = Resolver(city).resolve(question_from_params(question)).to_json()
    assert client.get("/api/resolve", params={**question, "lang": spoken}).content == expected


def test_the_language_of_an_answer_is_the_callers(city: Registry, client_of: ClientOf) -> None:
    def why(client: httpx.Client, **headers: str) -> str:
        answer = client.get("/api/resolve", params=INSIDE, headers=headers).json()
        return str(answer["reasons"][0]["why"])

    client = client_of(create_app(city))
    assert why(client).isascii() is False
    assert why(client, **{"accept-language": "fr, en;q=0.5"}).isascii()
    assert why(client_of(create_app(city, language="en")), **{"accept-language": "zh"}).isascii()


def test_an_answer_in_memory_takes_no_thread(
    city: Registry, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: Any) -> Any:
        raise AssertionError("a thread was asked")

    client = client_of(create_app(city))
    monkeypatch.setattr(standing, "run_in_threadpool", refused)
    assert client.get("/api/resolve", params=INSIDE).json()["unit_grid"]["code"]
    with pytest.raises(AssertionError):
        client.get("/api/resolve?component=5001990101000015")


def test_a_registry_that_takes_long_to_look_at_is_answered_from_memory_all_the_same(
    city: Registry, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current, "LATELY_S", -1.0)
    test_an_answer_in_memory_takes_no_thread(city, client_of, monkeypatch)


def test_the_question_after_an_edition_is_answered_from_it(city: Registry, client_of: ClientOf) -> None:
    client = client_of(create_app(city))
    before = client.get("/api/resolve", params=INSIDE).json()
    grids = read_frame(city, "grids").drop(columns=["edition", "valid_from", "fid"], errors="ignore")
    new = commit(city, "grids", grids.assign(name="新名"))
    after = client.get("/api/resolve", params=INSIDE).json()
    assert before["unit_grid"]["name"] != after["unit_grid"]["name"] == "新名"
    assert after["basis"]["editions"]["grids"] == new.id


def test_many_callers_at_once_at_the_start_wait_for_one_reading(city: Registry) -> None:
    app = create_app(city)

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            asked = (client.get("/api/resolve", params=INSIDE) for _ in range(20))
            return await asyncio.gather(*asked)

    answers = asyncio.run(ask())
    assert {answer.status_code for answer in answers} == {200}
    assert len({json.dumps(answer.json()["unit_grid"]) for answer in answers}) == 1


def test_chinese_that_nobody_encoded_is_understood(city: Registry) -> None:
    app = create_app(city)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    query = "lon=106.5005&lat=29.4005&class=井盖".encode()
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/resolve",
        "query_string": query,
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 50000),
    }
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 200


def test_other_methods_are_told_which_there_are(city: Registry, client_of: ClientOf) -> None:
    client = client_of(create_app(city))
    assert client.head("/api/resolve", params=INSIDE).status_code == 200
    refused = client.delete("/api/resolve")
    assert (refused.status_code, "GET" in refused.headers["allow"]) == (405, True)
