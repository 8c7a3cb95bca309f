"""A user's own module with the name of a room is named, not silently imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def start_python(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import wangge"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("hiding", ["layers.py", "components/__init__.py"])
def test_a_module_that_hides_a_room_is_named(tmp_path: Path, hiding: str) -> None:
    path = tmp_path / hiding
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    result = start_python(tmp_path)
    assert result.returncode == 1
    named = path.parent if path.name == "__init__.py" else path
    assert f"{named} hides wangge's package" in result.stderr


def test_a_clean_folder_imports(tmp_path: Path) -> None:
    assert start_python(tmp_path).returncode == 0
