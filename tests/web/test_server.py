from __future__ import annotations

import socket

import pytest

from gis.errors import UsageError
from web.server import app_from_environment, serve
from web.settings import REGISTRY


def test_a_taken_port_is_refused_in_words(city_file: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as refused:
            serve(city_file, port=port)
    assert (refused.value.field, refused.value.value) == ("port", port)


def test_an_address_that_is_not_ours_is_refused_in_words(city_file: str) -> None:
    with pytest.raises(UsageError):
        serve(city_file, host="192.0.2.1", port=0)


def test_a_worker_needs_to_be_told_the_registry(monkeypatch: pytest.MonkeyPatch, city_file: str) -> None:
    monkeypatch.delenv(REGISTRY, raising=False)
    with pytest.raises(UsageError):
        app_from_environment()
    monkeypatch.setenv(REGISTRY, city_file)
    assert app_from_environment().state.registry.url == city_file
