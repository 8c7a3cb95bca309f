from __future__ import annotations

import orjson
import pytest

from gis.errors import DataRefused, FileProblem, NotFound, RegistryUnavailable, UsageError, WanggeError
from gis.findings import Report
from gis.text import language, t
from ogc.language import requested_language
from ogc.negotiation import by_preference
from ogc.problems import problem_of, status_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("x"), 400),
        (NotFound("x"), 404),
        (DataRefused("x"), 422),
        (FileProblem("x", code="F01"), 422),
        (RegistryUnavailable("x"), 503),
        (WanggeError("x"), 500),
    ],
)
def test_every_class_of_error_has_its_status(error: WanggeError, status: int) -> None:
    assert status_of(error) == status
    assert problem_of(error).status_code == status


def test_a_problem_names_field_value_and_what_was_expected() -> None:
    error = UsageError(
        t("{field} cannot be {value}", field="f", value="x"), field="f", value="x", expected="json"
    )
    with language("en"):
        body = orjson.loads(problem_of(error).body)
    assert body == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "f cannot be x",
        "field": "f",
        "value": "x",
        "expected": "json",
    }


def test_a_busy_registry_says_when_to_come_again() -> None:
    assert int(problem_of(RegistryUnavailable("busy")).headers["retry-after"]) > 0


def test_refused_data_come_with_their_report_and_code() -> None:
    body = orjson.loads(problem_of(DataRefused("no", report=Report("grids", checked=3))).body)
    assert body["report"]["checked"] == 3
    assert orjson.loads(problem_of(FileProblem("no", code="F02")).body)["code"] == "F02"


@pytest.mark.parametrize(
    ("header", "query", "expected"),
    [
        ("", "", "zh"),
        ("en-US,en;q=0.9", "", "en"),
        ("fr, en;q=0.3, zh;q=0.8", "", "zh"),
        ("en;q=0, zh-TW", "", "zh"),
        ("en", "lang=zh", "zh"),
        ("en", "lang=xx", "en"),
        ("en;q=high", "", "zh"),
    ],
)
def test_the_language_is_that_of_the_request(header: str, query: str, expected: str) -> None:
    scope = {
        "type": "http",
        "headers": [(b"accept-language", header.encode())],
        "query_string": query.encode(),
    }
    assert requested_language(scope) == expected


def test_preferences_are_sorted_by_weight_then_place() -> None:
    assert by_preference("a;q=0.5, b, c;level=1;q=0.7, d;q=0, e") == ["b", "e", "c", "a"]


def test_a_database_that_goes_away_is_503_until_it_is_back(postgis_server, frames, asked_over) -> None:
    url = postgis_server.create_database()
    name = url.rsplit("/", 1)[1]
    paths = (
        "/ogc/collections",
        "/ogc/collections/components/items",
        "/ogc/collections/components/items/5001130101000000",
        "/ogc/collections/components/tiles/WebMercatorQuad/15/13565/26082",
    )
    with asked_over(url) as site:
        assert [site.client.get(path).status_code for path in paths] == [200] * 4
        postgis_server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        kick = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        postgis_server.execute(kick)
        for path in paths:
            response = site.client.get(path)
            assert response.status_code == 503, path
            assert response.headers["content-type"] == "application/problem+json"
            assert int(response.headers["retry-after"]) > 0
        postgis_server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert site.client.get(paths[1]).status_code == 200
