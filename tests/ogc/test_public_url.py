from __future__ import annotations

import pytest
from starlette.applications import Starlette

from gis.errors import UsageError
from ogc.public_url import PublicURL


def scope(host: str, *, root: str = "", server: tuple[str, int] = ("10.0.0.5", 8000)) -> dict:
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": f"{root}/",
        "root_path": root,
        "query_string": b"",
        "headers": [(b"host", host.encode())],
        "server": server,
        "app": Starlette(),
    }


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "10.0.0.5:8000"])
def test_loopback_and_our_own_address_are_known(host: str) -> None:
    assert PublicURL().of(scope(host, root="/ogc"), "/ogc") == f"http://{host}/ogc"


def test_a_strange_host_is_refused_by_name() -> None:
    with pytest.raises(UsageError) as refusal:
        PublicURL().of(scope("evil.example"), "/ogc")
    assert refusal.value.value == "evil.example"
    assert "WANGGE_PUBLIC_URL" in str(refusal.value.expected)


@pytest.mark.parametrize(
    "host", ["", "local host", 'localhost"><script>', "a@localhost", "localhost/x", "[::1"]
)
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(UsageError):
        PublicURL(hosts=frozenset({"localhost"})).of(scope(host), "/ogc")


def test_a_host_on_the_list_is_known_whatever_its_case() -> None:
    known = PublicURL.from_environment(hosts=["City.example"])
    assert known.of(scope("city.EXAMPLE"), "") == "http://city.EXAMPLE"


def test_the_public_url_comes_before_the_request() -> None:
    public = PublicURL.from_environment("https://city.example/wangge/")
    assert public.of(scope("evil.example", root="/inside/ogc"), "/ogc") == "https://city.example/wangge/ogc"


def test_the_environment_completes_what_is_not_given(monkeypatch) -> None:
    monkeypatch.setenv("WANGGE_ALLOWED_HOSTS", "a.example, B.example")
    assert PublicURL.from_environment().hosts == {"a.example", "b.example"}
    monkeypatch.setenv("WANGGE_PUBLIC_URL", "https://a.example")
    assert PublicURL.from_environment().url == "https://a.example"
    assert PublicURL.from_environment("https://b.example").url == "https://b.example"


@pytest.mark.parametrize("url", ["city.example", "ftp://city.example", "https://", "https://a.example/?x=1"])
def test_what_is_not_an_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        PublicURL.from_environment(url)


def test_the_prefix_is_added_once() -> None:
    assert PublicURL().of(scope("localhost"), "/ogc") == "http://localhost/ogc"
    assert PublicURL().of(scope("localhost", root="/wangge/ogc"), "/ogc") == "http://localhost/wangge/ogc"


def test_a_strange_host_gets_no_document_with_links(site) -> None:
    response = site.client.get("/ogc/collections", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert response.json()["field"] == "Host"
