"""Tickets from the command line and from Python."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path

import geopandas
import pytest
import shapely

from gis.editions import commit
from gis.registry import open_registry
from wangge.city import City
from wangge.cli import run

SECRETS = ("欧阳明", "13812345678")
TICKET = f"我叫{SECRETS[0]}，电话{SECRETS[1]}，反映箭河路8号的雨水井盖破损。"


@pytest.fixture
def url(registry_url: str) -> str:
    rows = [
        {
            "code": f"D{plate}",
            "address": f"巴南区箭河路{plate}号",
            "geometry": shapely.Point(106.5 + plate / 1000, 29.4),
        }
        for plate in range(1, 10)
    ]
    square = [{"code": "500113001001001", "geometry": shapely.box(106.4, 29.3, 106.6, 29.5)}]
    with open_registry(registry_url) as registry:
        for dataset, frame in (("addresses", rows), ("grids", square)):
            commit(registry, dataset, geopandas.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4490"))
    return registry_url


def told(url: str, source: str, capsys: pytest.CaptureFixture[str], *options: str, code: int = 0) -> str:
    assert run(["ticket", source, "--registry", url, *options]) == code
    captured = capsys.readouterr()
    assert not [data for data in SECRETS if data in captured.out + captured.err]
    return captured.out


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_whatever_its_encoding(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    path = tmp_path / "ticket.txt"
    path.write_text(TICKET, encoding)
    answer = json.loads(told(url, str(path), capsys, "--json"))
    assert answer["text"] == TICKET.replace(SECRETS[0], "***").replace(SECRETS[1], "*" * 11)
    assert answer["addresses"][0]["places"][0]["code"] == "D8"
    assert [one["name"] for one in answer["classes"]] == ["雨水井盖"]


def test_standard_input_is_read_and_resolved(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def given(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    given(TICKET)
    resolution = json.loads(told(url, "-", capsys, "--resolve", "--json"))["resolution"]
    assert (resolution["unit_grid"]["code"], resolution["location"]["source"]) == (
        "500113001001001",
        "hotline",
    )
    given(TICKET)
    lines = told(url, "-", capsys, "--resolve", "--lang", "zh")
    assert "地址：箭河路8号" in lines
    assert "500113001001001" in lines
    given("箭河路8号")
    assert "请选择类别" in told(url, "-", capsys, "--resolve", "--lang", "zh")
    given("谢谢")
    assert "没有说明地址" in told(url, "-", capsys, "--lang", "zh")


@pytest.mark.parametrize("content", [b"", b"\xff\xff\xff", TICKET.encode() * 300, TICKET.encode() * 9000])
def test_what_is_no_ticket_is_refused_and_not_repeated(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "ticket.txt"
    path.write_bytes(content)
    problem = json.loads(told(url, str(path), capsys, "--json", code=2))
    assert problem["value"] is None
    assert problem["expected"]


def test_an_unknown_edition_of_classes_is_refused(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ticket.txt"
    path.write_text(TICKET, "utf-8")
    told(url, str(path), capsys, "--standard", "1999", code=2)


def test_python_reads_a_ticket_and_logs_nothing(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with City(open_registry(url)) as city, caplog.at_level(logging.DEBUG):
        answer = city.read_ticket(TICKET, standard="2026")
    assert answer.addresses[0].sure is not None
    assert {(one["kind"], one["code"]) for one in answer.to_dict()["classes"]} == {
        ("component", "01003"),
        ("matter", "01003"),
    }
    assert not [data for data in SECRETS if data in caplog.text + repr(answer)]
