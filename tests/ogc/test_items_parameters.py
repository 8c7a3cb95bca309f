"""Whatever is written into a parameter of features: answered, or refused by its name."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

PAGE = "/ogc/collections/components/items"
ITEM = f"{PAGE}/5001130101000000"
NAMES = (
    *("f", "lang", "limit", "after", "bbox", "bbox-crs", "crs", "datetime", "q", "sortby", "properties"),
    *("skipGeometry", "counts", "filter", "filter-lang", "filter-crs", "id", "name", "state", "offset"),
    *("unknown", "", "fid", "geom", "attributes", "LIMIT"),
)
NASTY = (
    *(
        "",
        " ",
        "0",
        "-1",
        "1e999",
        "NaN",
        "null",
        "\0",
        "a\0b",
        "\r\nSet-Cookie: a=b",
        "%0d%0a",
        "../../etc/passwd",
    ),
    *(
        "' OR 1=1 --",
        "1;DROP TABLE components",
        "\\",
        "[1,",
        "[]",
        '["a",1]',
        "9" * 400,
        "x" * 9_000,
        "١٢",
        "1_0",
    ),
    *(
        "../..",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "0999-01-01T00:00:00Z/..",
        "../",
        "/",
    ),
    *(
        "2026-02-30T00:00:00Z",
        "1,2,3,4",
        "-1e308,-1e308,1e308,1e308",
        "1e-320,0,1,1",
        "106,29,107,30",
        "true",
    ),
    *(
        "http://www.opengis.net/def/crs/EPSG/0/3857",
        "http://www.opengis.net/def/crs/EPSG/0/4524",
        "EPSG:4490",
    ),
    *(
        "name",
        "-name",
        "+id,-name",
        "id,id",
        ",",
        "龙",
        "\u202e",
        "\ud7ff\U0010ffff",
        "{}",
        "name = 'a'",
        "exact",
    ),
)
LEAK = re.compile(r"SELECT|sqlite|psycopg|Traceback|\.py|site-packages|/work|/tmp", re.IGNORECASE)

texts = st.one_of(
    st.sampled_from(NASTY),
    # What is said back of such a text would look like a leak
    st.text(max_size=40).filter(lambda text: not LEAK.search(text)),
    st.lists(st.floats().map(repr), min_size=1, max_size=6).map(",".join),
    st.from_regex(r"[-+]?[0-9:TZ.,/ -]{1,40}", fullmatch=True),
)


def check(response: httpx.Response, names: set[str]) -> None:
    """See that an answer is an answer, or a problem that names a parameter and nothing of the inside."""
    assert response.status_code in (200, 400), response.text
    assert "set-cookie" not in response.headers
    if response.status_code == 400:
        assert response.headers["content-type"] == "application/problem+json"
        problem = response.json()
        assert problem["field"] in names
        given = str(problem.pop("value", ""))
        assert not LEAK.search(str(problem).replace(given, "") if given else str(problem))


@pytest.mark.parametrize("address", [PAGE, ITEM])
@given(given=st.dictionaries(st.sampled_from(NAMES), texts, min_size=1, max_size=3))
@settings(max_examples=250, deadline=None)
@example(given={"bbox": "-1e308,-1e308,1e308,1e308", "bbox-crs": "EPSG:3857"})
@example(given={"bbox": "1e308,1e308,1.7e308,1.7e308", "bbox-crs": "EPSG:3857"})
@example(given={"datetime": "0999-01-01T00:00:00Z"})
@example(given={"limit": "10000", "sortby": "-name", "after": '[null,"1"]'})
def test_parameters_are_answered_or_refused_by_name(site, address: str, given: dict[str, str]) -> None:
    query = urlencode({name: value.encode("utf-8", "replace") for name, value in given.items()})
    check(site.client.get(f"{address}?{query}", raising=False), set(given))


@given(name=st.sampled_from(NAMES), value=texts)
@settings(max_examples=40, deadline=None)
def test_a_repeated_parameter_is_refused_by_name(site, name: str, value: str) -> None:
    once = urlencode({name: value.encode("utf-8", "replace")})
    response = site.client.get(f"{PAGE}?{once}&{once}", raising=False)
    assert response.status_code == 400
    assert response.json()["field"] == name


@given(raw=st.binary(min_size=1, max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_bytes_as_a_query_are_answered_or_refused(site, raw: bytes) -> None:
    assume(not LEAK.search(raw.decode("latin-1")))
    query = quote(raw, safe="=&;%+,/[]{}'\"")
    response = site.client.get(f"{PAGE}?{query}", raising=False)
    assert response.status_code in (200, 400)
    assert response.status_code == 200 or not LEAK.search(response.text)


@given(identifier=st.one_of(st.sampled_from(NASTY), st.text(min_size=1, max_size=40)))
@settings(max_examples=100, deadline=None)
def test_any_identifier_is_found_or_missing(site, identifier: str) -> None:
    for collection in ("components", "areas"):
        path = quote(identifier.encode("utf-8", "replace"), safe="")
        response = site.client.get(f"/ogc/collections/{collection}/items/{path}", raising=False)
        assert response.status_code in (200, 400, 404), response.text
        if response.status_code >= 400 and "\n" not in identifier:  # no address of ours, then
            assert response.headers["content-type"] == "application/problem+json"


def test_offset_is_refused_with_what_to_use_instead(site) -> None:
    problem = site.problem("/collections/components/items", 400, offset="10", lang="en")
    assert problem["field"] == "offset"
    assert "next" in problem["hint"]


def test_a_long_value_is_not_said_back_whole(site) -> None:
    problem = site.problem("/collections/components/items", 400, name="x" * 9_000)
    assert problem["field"] == "name"
    assert len(str(problem)) < 1_000
