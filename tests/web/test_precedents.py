"""``GET /api/precedents``."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from starlette.applications import Starlette

from gis.read import read_frame
from gis.registry import Registry
from responsibility.duty_subject import Subject
from responsibility.precedents import Ruling, add_precedent
from web.app import create_app


@pytest.fixture
def client(city: Registry, client_of: Callable[[Starlette], httpx.Client]) -> httpx.Client:
    return client_of(create_app(city))


def test_precedents_are_told_by_component_and_unit(client: httpx.Client, city: Registry) -> None:
    assert client.get("/api/precedents").json() == {"precedents": []}
    pieces = read_frame(city, "components", columns=["id", "maintainer_code"]).dropna()
    component, maintainer = pieces.iloc[0]
    facts, _ = add_precedent(city, Ruling(Subject(component_id=component), maintainer, "纪要", "20250601"))
    assert client.get("/api/precedents").json() == {"precedents": [facts]}
    assert client.get("/api/precedents", params={"component": component}).json()["precedents"] == [facts]
    assert client.get("/api/precedents", params={"unit": maintainer}).json()["precedents"] == [facts]


def test_what_is_not_known_is_a_problem(client: httpx.Client) -> None:
    assert client.get("/api/precedents", params={"component": "5001990101999999"}).status_code == 404
    assert client.get("/api/precedents", params={"unit": "没有的单位"}).status_code == 400
    assert client.get("/api/precedents", params={"colour": "red"}).json()["field"] == "colour"
