"""``POST /api/ticket``: the answer, who gets it, and that the ticket is left nowhere."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import inspect, text
from starlette.applications import Starlette

from gis.registry import Registry
from layers.catalogue import publish
from layers.keys import add_key
from tests.web.test_browser import _free_port, _wait_for
from web.app import create_app

HOME, PLACE = "青杉区松塘街道青杉路7号", "青杉路1号"
SECRETS = ("欧阳明", "13812345678", "500113199001011234", "ming@example.com")
TICKET = (
    f"您好，我叫{SECRETS[0]}，电话{SECRETS[1]}，身份证{SECRETS[2]}，邮箱{SECRETS[3]}，家住{HOME}。"
    f"反映{PLACE}门口的上水井盖破损，请尽快处理。"
)


@pytest.fixture
def client(
    city: Registry, client_of: Callable[[Starlette], httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    monkeypatch.setattr("layers.published.CHECK_EVERY", 0.0)
    monkeypatch.setattr("layers.key_ring.CHECK_EVERY", 0.0)
    app = create_app(city)
    yield client_of(app)
    app.state.gate.ring.close()


def ask(client: httpx.Client, said: Any = TICKET, resolve: bool = False, **details: Any) -> Any:
    path = "/api/ticket?resolve=true" if resolve else "/api/ticket"
    answer = client.post(path, json={"text": said}, **details)
    assert answer.status_code == 200, answer.text
    return answer.json()


def key(city: Registry, *roles: str, **scope: list[str]) -> dict[str, str]:
    return {"x-api-key": add_key(city, "test", roles, **scope)[1]}


def test_a_ticket_gives_addresses_with_places_phenomena_and_classes(client: httpx.Client) -> None:
    told = ask(client)
    assert [one["text"] for one in told["addresses"]] == [f"{PLACE}门口", HOME]
    assert [one["home"] for one in told["addresses"]] == [False, True]
    assert told["addresses"][0]["places"][0]["address"] == "青杉区松塘街道青杉路1号"
    assert [one["text"] for one in told["phenomena"]] == ["上水井盖破损"]
    (one,) = told["classes"]
    assert {name: one[name] for name in ("code", "name", "standard", "kind", "why", "text")} == {
        "code": "0101", "name": "上水井盖", "standard": "2013", "kind": "component", "why": "name",
        "text": "上水井盖",
    }  # fmt: skip
    assert told["groups"] == []
    best = {"class": "0101", "kind": "component", "standard": "2013", "name": "上水井盖"}
    assert told["best_class"] == best
    assert len(told["text"]) == len(TICKET)
    spans = [TICKET[one["start"] : one["end"]] for one in told["private"]]
    assert spans == list(SECRETS)
    assert "resolution" not in told


def test_a_sure_place_and_one_class_are_resolved(client: httpx.Client) -> None:
    told = ask(client, resolve=True)
    assert told["choose"] == []
    resolution = told["resolution"]
    assert resolution["location"]["source"] == "hotline"
    assert resolution["component"]["class"] == "0101"
    assert resolution["parties"]["acting"]["name"] == "青杉供水有限公司"


@pytest.mark.parametrize(
    ("said", "choose"),
    [
        ("青杉路1号有点问题", ["class"]),
        ("青杉路1号的路灯和上水井盖坏了", ["class"]),
        ("上水井盖坏了", ["address"]),
        ("青杉路1号、青杉路7号的上水井盖坏了", ["address"]),
        ("在青杉路上，很吵", ["address", "class"]),
    ],
)
def test_what_is_not_sure_is_to_be_chosen(client: httpx.Client, said: str, choose: list[str]) -> None:
    told = ask(client, said, resolve=True)
    assert (told["resolution"], told["choose"]) == (None, choose)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"text": ""}, 400, "text"),
        ({"text": [TICKET]}, 400, "text"),
        ({"ticket": TICKET}, 400, "text"),
        ({"text": TICKET, TICKET: 1}, 400, "body"),
        ({"text": TICKET, "standard": TICKET}, 400, "standard"),
        ([TICKET], 400, "body"),
        ({"text": TICKET * 200}, 413, "text"),
        ({"text": TICKET * 2000}, 413, "body"),
        (f'{{"text": "{TICKET}', 400, "body"),
        (TICKET, 400, "body"),
    ],
    ids=range(10),
)
def test_no_refusal_repeats_the_ticket(client: httpx.Client, body: Any, status: int, field: str) -> None:
    sent = {"content": body.encode()} if isinstance(body, str) else {"json": body}
    refused = client.post("/api/ticket", **sent)
    assert refused.status_code == status, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["field"] == field
    assert not [data for data in (*SECRETS, PLACE) if data in refused.text]


def test_a_ticket_in_an_address_of_a_page_is_not_read(client: httpx.Client) -> None:
    refused = client.get("/api/ticket", params={"text": TICKET})
    assert refused.status_code == 405
    assert not [data for data in SECRETS if data in refused.text]
    assert client.post("/api/ticket?resolve=maybe", json={"text": TICKET}).status_code == 400


def test_without_a_key_a_ticket_is_not_read_once_one_was_made(client: httpx.Client, city: Registry) -> None:
    headers = key(city, "dispatcher")
    assert client.post("/api/ticket", json={"text": TICKET}).status_code == 401
    assert ask(client, headers=headers)["addresses"][0]["places"]


def test_a_key_is_told_of_places_it_sees_alone(client: httpx.Client, city: Registry) -> None:
    def places(**scope: list[str]) -> list[str | None]:
        told = ask(client, resolve=True, headers=key(city, "dispatcher", **scope))
        return [place["code"] for one in told["addresses"] for place in one["places"]]

    assert {"A1", "A7"} <= set(places())
    assert {"A1", "A7"} <= set(places(counties=["500199"]))
    assert places(counties=["500198"]) == []
    assert places(layers=["components"]) == []
    publish(city, "addresses")
    assert places(counties=["500198"]) == []


def test_a_ticket_is_left_in_no_table_and_no_record(
    client: httpx.Client, city: Registry, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(client, resolve=True)
        client.post("/api/ticket", json={"text": TICKET * 200})
    said = "\n".join((caplog.text, *capfd.readouterr(), _all_rows(city)))
    assert "青杉路" in said
    assert not [data for data in (*SECRETS, "请尽快处理") if data in said]


def _all_rows(registry: Registry) -> str:
    with registry.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if not name.startswith("rtree_")]
        assert {"jobs", "settings", "layers", "addresses"} <= set(names)
        return "\n".join(
            repr(row) for name in names for row in connection.execute(text(f'SELECT * FROM "{name}"'))
        )


def test_a_server_writes_nothing_of_a_ticket(city_template: Path, tmp_path: Path) -> None:
    port = _free_port()
    code = f"from web.server import serve; serve({str(city_template)!r}, port={port})"
    output = tmp_path / "output.txt"
    with output.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=written, stderr=written, env=os.environ
        )
        try:
            base = _wait_for(f"http://127.0.0.1:{port}", process)
            with httpx.Client(base_url=base, timeout=60) as client:
                assert client.post("/api/ticket", json={"text": TICKET}).status_code == 200
                assert client.post("/api/ticket", content=TICKET.encode()).status_code == 400
                assert client.get("/api/ticket", params={"text": TICKET}).status_code == 405
        finally:
            process.terminate()
            process.wait(20)
    assert not [data for data in (*SECRETS, PLACE) if data in output.read_text("utf-8")]
