"""The command line as people run it, and the sample city on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gis.text import current_language, set_language
from wangge.cli import run
from wangge.demo.run import DemoResult, run_demo


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


CommandLine = Callable[..., Outcome]


@pytest.fixture
def wangge(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[CommandLine]:
    """Run ``wangge`` in an empty working directory."""
    monkeypatch.chdir(tmp_path)
    for variable in ("WANGGE_REGISTRY", "WANGGE_CONFIG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    before = current_language()

    def call(*arguments: object) -> Outcome:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        told = capfd.readouterr()
        return Outcome(code, told.out, told.err)

    yield call
    set_language(before)


def _silent(*_: object) -> None:
    return None


def _demonstrated(directory: Path, url: str | None) -> DemoResult:
    return run_demo(directory, _silent, lambda _what: _silent, url)


@pytest.fixture(scope="session")
def city_in_file(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """The sample city taken through the whole way, in a GeoPackage."""
    return _demonstrated(tmp_path_factory.mktemp("city") / "demo", None)


@pytest.fixture(scope="session")
def city_in_postgis(tmp_path_factory: pytest.TempPathFactory, postgis_server: Any) -> DemoResult:
    """The same in PostGIS."""
    return _demonstrated(tmp_path_factory.mktemp("city") / "demo", postgis_server.create_database())


@pytest.fixture(params=["gpkg", "postgis"])
def city(request: pytest.FixtureRequest) -> DemoResult:
    """The sample city on one database after the other."""
    name = "city_in_file" if request.param == "gpkg" else "city_in_postgis"
    result: DemoResult = request.getfixturevalue(name)
    return result
