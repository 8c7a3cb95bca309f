"""A path may go on inside an archive and name a folder or a file in it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from gis.errors import UsageError
from gis.files import read_layers

POINTS = "lon,lat,name\n106.5,29.4,上水井盖\n"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "普查.zip"
    with zipfile.ZipFile(path, "w") as written:
        for name in ("部件/01/井盖.csv", "部件/02/路灯.csv", "网格.csv"):
            written.writestr(name, POINTS)
    return path


def names(path: Path) -> list[str]:
    return [layer.name for layer in read_layers([path], dataset="components")]


def test_a_folder_inside_an_archive_is_read_alone(archive: Path) -> None:
    assert names(archive / "部件") == ["井盖", "路灯"]
    assert names(archive / "部件" / "02") == ["路灯"]


def test_a_file_inside_an_archive_is_read_alone(archive: Path) -> None:
    assert names(archive / "网格.csv") == ["网格"]


def test_what_is_not_in_the_archive_is_refused_with_what_is(archive: Path) -> None:
    with pytest.raises(UsageError, match="管线") as refused:
        names(archive / "管线")
    assert refused.value.expected == "网格.csv, 部件"


def test_a_path_that_is_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        names(tmp_path / "nowhere")
