from __future__ import annotations

import pytest


def execute(site, body: object, **details: object):
    return site.client.post("/ogc/processes/resolve/execution", json=body, **details)


def test_resolve_is_listed_and_described(site) -> None:
    listed = site.json("/processes")["processes"]
    assert [process["id"] for process in listed] == ["resolve"]
    described = site.json("/processes/resolve", lang="en")
    assert described["title"] == "Resolve"
    assert described["jobControlOptions"] == ["sync-execute"]
    assert {"lon", "lat", "class", "component", "address"} <= described["inputs"].keys()
    assert site.json("/processes/resolve")["title"] == "定责"


def test_resolve_answers_in_the_contracts_shape(site) -> None:
    response = execute(site, {"inputs": {"lon": 106.52, "lat": 29.52, "as_of": "2030-01-01T00:00:00+08:00"}})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    answer = response.json()
    assert answer["unit_grid"]["code"] == "500113001001001"
    assert {"answer_id", "location", "divisions", "parties", "decision", "reasons", "basis"} <= answer.keys()


def test_as_a_document_the_answer_is_under_the_name_of_its_output(site) -> None:
    response = execute(site, {"inputs": {"lon": 106.52, "lat": 29.52}, "response": "document"})
    assert response.json()["resolve"]["unit_grid"]["code"] == "500113001001001"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"inputs": {"lon": 106.52}}, "lat"),
        ({"inputs": {"lon": "east", "lat": 29.5}}, "lon"),
        ({"inputs": {"lon": [1], "lat": 29.5}}, "lon"),
        ({"inputs": {"colour": "red", "lon": 1, "lat": 2}}, "colour"),
        ({"inputs": [1]}, "inputs"),
        ([], "body"),
        ({"inputs": {"lon": 1, "lat": 2}, "subscriber": {"successUri": "http://127.0.0.1:9/"}}, "subscriber"),
    ],
)
def test_inputs_that_are_not_understood_are_refused_by_name(site, body: object, field: str) -> None:
    response = execute(site, body)
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["field"] == field


def test_a_body_that_is_no_json_or_far_too_large_is_refused(site) -> None:
    path = "/ogc/processes/resolve/execution"
    assert site.client.post(path, content=b"{").json()["field"] == "body"
    assert site.client.post(path, content=b"").status_code == 400
    assert site.client.post(path, content=b"[" * 2_000_000).status_code == 400


def test_an_unknown_process_is_not_found(site) -> None:
    response = site.client.post("/ogc/processes/none/execution", json={"inputs": {}})
    assert response.status_code == 404


def test_no_jobs_are_kept(site) -> None:
    assert site.json("/jobs")["jobs"] == []
