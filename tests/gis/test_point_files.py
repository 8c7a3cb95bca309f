"""Point indexes in files: found again, never trusted when they are not what was written, bounded."""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis import _coverage_file, _coverage_kernels, _coverage_near, _coverage_one
from gis.coverage import Coverage
from gis.errors import UsageError
from gis.point_files import PointFiles

SIDE = 12
CODES = [f"{row:04d}" for row in range(SIDE * SIDE)]


def squares(shift=0.0):
    x, y = (a.ravel() / 1024 for a in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
    return shapely.box(106 + shift + x, 29 + y, 106 + shift + x + 1 / 1024, 29 + y + 1 / 1024)


SQUARES = squares()


def points():
    random = np.random.default_rng(3)
    x, y = random.integers(-4, 4 * SIDE + 4, (2, 400)) / 4096
    return 106 + x, 29 + y


@pytest.fixture
def files(tmp_path):
    return PointFiles(tmp_path / "cache", least_polygons=100)


def built(files, geometries=SQUARES, codes=CODES):
    """Build a coverage with its index; say whether the index was found in a file."""
    coverage = Coverage.build(geometries, codes, files)
    found = coverage.nbytes > Coverage.build(geometries, codes).nbytes
    coverage.prepare()
    return coverage, found


def kept(files):
    return sorted(files.folder.glob("*.points")) if files.folder.is_dir() else []


def answers(coverage):
    x, y = points()
    rows = coverage.locate(x, y)
    return [
        rows,
        *coverage.overlaps(x, y),
        *coverage.within(x, y, 40.0),
        *coverage.nearest(x, y, 500.0),
        coverage.edge_distance(x, y, rows),
        np.array([coverage.one(a, b) for a, b in zip(x, y, strict=True)]),
    ]


def test_an_index_is_built_once_and_found_the_next_time(files):
    first, found_at_first = built(files)
    second, found_then = built(files)
    assert (found_at_first, found_then) == (False, True)
    assert len(kept(files)) == 1
    for ours, theirs, plain in zip(
        answers(second), answers(first), answers(Coverage.build(SQUARES, CODES)), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
        np.testing.assert_array_equal(ours, plain)
    assert second.codes.tolist() == CODES


def test_what_is_mapped_is_asked_by_the_code_compiled_for_what_was_built(files):
    in_memory = Coverage.build(SQUARES, CODES)
    in_memory.prepare()
    answers(in_memory)
    compiled = (_coverage_kernels.locate, _coverage_kernels.overlaps, _coverage_near.within)
    signatures = [len(kernel.signatures) for kernel in (*compiled, _coverage_one.locate)]
    for _ in range(2):
        answers(built(files)[0])
    assert [len(kernel.signatures) for kernel in (*compiled, _coverage_one.locate)] == signatures


@pytest.mark.parametrize(
    ("geometries", "codes"),
    [
        (squares(1e-9), CODES),
        (SQUARES[::-1], CODES),
        (SQUARES, CODES[::-1]),
        (np.append(SQUARES[1:], [None]), CODES),
    ],
)
def test_other_polygons_or_codes_have_an_index_of_their_own(files, geometries, codes):
    built(files)
    coverage, found = built(files, geometries, codes)
    assert not found
    assert len(kept(files)) == 2
    for ours, plain in zip(answers(coverage), answers(Coverage.build(geometries, codes)), strict=True):
        np.testing.assert_array_equal(ours, plain)


def overwrite(path, at, what):
    with path.open("r+b") as file:
        file.seek(at)
        file.write(what)


def of_older_version(path):
    """Put another builder into the head, with its checksum."""
    head = path.read_bytes()[:4096]
    text = head[80:].replace(_coverage_file.INLINED.encode(), b"0" * 16)
    overwrite(path, 16, hashlib.sha256(text).hexdigest().encode() + text)


DAMAGES = {
    "a byte of the head": lambda path: overwrite(path, 200, b"~"),
    "cut in half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "cut to its head": lambda path: os.truncate(path, 4096),
    "empty": lambda path: os.truncate(path, 0),
    "foreign": lambda path: path.write_bytes(b"GIF89a" * 5000),
    "longer": lambda path: path.write_bytes(path.read_bytes() + bytes(4096)),
    "copied in part": lambda path: overwrite(path, path.stat().st_size // 2, bytes(path.stat().st_size // 2)),
    "older": of_older_version,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_is_not_what_was_written_is_built_anew(files, damage):
    built(files)
    (path,) = kept(files)
    whole = path.read_bytes()
    DAMAGES[damage](path)
    assert path.read_bytes() != whole
    coverage, found = built(files)
    assert not found
    assert path.read_bytes() == whole
    np.testing.assert_array_equal(
        coverage.locate(*points()), Coverage.build(SQUARES, CODES).locate(*points())
    )


def test_an_index_under_the_name_of_another_is_not_taken(files):
    built(files)
    (path,) = kept(files)
    path.rename(path.with_name("other"))
    coverage, _ = built(files, squares(0.5))
    (theirs,) = kept(files)
    path.with_name("other").replace(theirs)
    again, found = built(files, squares(0.5))
    assert not found
    np.testing.assert_array_equal(again.locate(*points()), coverage.locate(*points()))


@pytest.mark.parametrize("kind", ["a file", "below a file"])
def test_where_nothing_can_be_kept_it_is_answered_from_memory_and_told_once(tmp_path, caplog, kind):
    taken = tmp_path / "taken"
    taken.write_text("")
    files = PointFiles(taken if kind == "a file" else taken / "cache", least_polygons=100)
    with caplog.at_level(logging.WARNING, "gis.point_files"):
        for _ in range(2):
            coverage, found = built(files)
            assert not found
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert str(files.folder) in caplog.text
    assert coverage.locate([106.0005], [29.0005]).tolist() == [0]


def test_a_disk_that_fills_up_leaves_nothing_behind(files, monkeypatch, caplog):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_coverage_file.os, "fsync", full)
    coverage, _ = built(files)
    assert list(files.folder.iterdir()) == []
    assert "No space left on device" in caplog.text
    assert coverage.one(106.0005, 29.0005) == 0


def test_indexes_used_longest_ago_make_room(files):
    built(files)
    (first,) = kept(files)
    size = first.stat().st_size
    small = PointFiles(files.folder, limit_bytes=2 * size + size // 2, least_polygons=100)
    built(small, squares(0.25))
    (second,) = set(kept(files)) - {first}
    os.utime(second, (1e9, 1e9))
    os.utime(first, (5e8, 5e8))
    assert built(small)[1]  # using the first makes it the latest
    built(small, squares(0.5))
    assert first in kept(files)
    assert second not in kept(files)
    assert len(kept(files)) == 2


def test_what_was_never_finished_is_removed_after_a_day(files):
    files.folder.mkdir()
    old, new = files.folder / "a.part", files.folder / "b.part"
    for path, age in ((old, 2 * 86400), (new, 60)):
        path.write_bytes(b"")
        os.utime(path, (time.time() - age,) * 2)
    built(files)
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.parametrize("options", [{"limit_bytes": 0}, {"limit_bytes": 4096}, {"least_polygons": 145}])
def test_what_is_too_large_or_too_small_is_not_kept(files, options):
    chosen = PointFiles(files.folder, **({"least_polygons": 100} | options))
    assert built(chosen)[0].one(106.0005, 29.0005) == 0
    assert kept(files) == []


def test_the_folder_is_for_its_owner_alone(files):
    built(files)
    assert files.folder.stat().st_mode & 0o077 == 0
    assert kept(files)[0].stat().st_mode & 0o077 == 0


def test_several_processes_may_build_at_once(files):
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_point_files import CODES, PointFiles, built
coverage, _ = built(PointFiles(Path({str(files.folder)!r}), least_polygons=100))
print(coverage.one(106.0005, 29.0005), coverage.one(106.0015, 29.0005))
"""
    running = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [process.communicate()[0] for process in running] == ["0 1\n", "0 1\n"]
    assert len(list(files.folder.iterdir())) == 1
    assert built(files)[1]


def test_the_environment_names_folder_and_limit(monkeypatch, tmp_path):
    monkeypatch.setenv("WANGGE_CACHE", str(tmp_path / "here"))
    monkeypatch.setenv("WANGGE_CACHE_MIB", "7")
    assert PointFiles.from_environment() == PointFiles(tmp_path / "here", 7 * 2**20)
    monkeypatch.delenv("WANGGE_CACHE")
    monkeypatch.delenv("WANGGE_CACHE_MIB")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert PointFiles.from_environment() == PointFiles(tmp_path / "wangge")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert PointFiles.from_environment().folder == tmp_path / ".cache" / "wangge"


@pytest.mark.parametrize("value", ["-1", "1.5", "viel", "４"])
def test_a_limit_that_is_none_is_refused(monkeypatch, value):
    monkeypatch.setenv("WANGGE_CACHE_MIB", value)
    with pytest.raises(UsageError) as refusal:
        PointFiles.from_environment()
    assert refusal.value.value == value


def test_without_a_home_nothing_is_kept(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("WANGGE_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    files = PointFiles.from_environment()
    assert files.folder is None
    assert files.file_of(np.repeat(SQUARES, 20), CODES * 20) is None
