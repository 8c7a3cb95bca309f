"""The rules of the house that no linter holds: module size, translations, documents."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("gis", "grids", "components", "geocoding", "responsibility", "layers", "ogc", "web", "wangge")
MAX_LINES = 400


def modules() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def test_no_module_exceeds_the_limit_of_lines() -> None:
    everything = [
        *modules(),
        *sorted((ROOT / "tests").rglob("*.py")),
        *sorted((ROOT / "script").rglob("*.py")),
    ]
    long = {
        str(path.relative_to(ROOT)): count
        for path in everything
        if (count := len(path.read_text("utf-8").splitlines())) > MAX_LINES
    }
    assert not long


def message_ids(room: str) -> set[str]:
    """Collect the message ids given to ``t()``, also those inside f-strings."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted((ROOT / room).rglob("*.py"))]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    firsts = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "t"]
    # The map's page takes its ids from its template, which has a test of its own.
    assert room == "web" or all(isinstance(first, ast.Constant) for first in firsts)
    return {first.value for first in firsts if isinstance(first, ast.Constant)}


@pytest.mark.parametrize("room", ROOMS)
def test_every_message_has_a_chinese_translation_with_the_same_placeholders(room: str) -> None:
    with (ROOT / room / "locale" / "zh.po").open("rb") as source:
        catalogue = read_po(source, locale="zh")
    translated = {message.id: message.string for message in catalogue if message.id and message.string}
    assert sorted(message_ids(room) - translated.keys()) == []
    placeholders = re.compile(r"\{(\w+)")
    for msgid, msgstr in translated.items():
        assert set(placeholders.findall(msgid)) == set(placeholders.findall(msgstr)), msgid


def test_every_dependency_is_justified() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"].values()
    declared = [*project["project"]["dependencies"], *(line for group in groups for line in group)]
    names = {re.split(r"[\[<>=~]", line)[0].lower() for line in declared}
    justified = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    assert {name for name in names if f"`{name}`" not in justified} == set()


def test_no_machine_path_or_registry_host_is_in_the_project() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    forbidden = re.compile(
        rb"/work/|/root/|https?://[a-z.]*(pypi\.org|pythonhosted\.org|registry\.npmjs\.org|npmmirror)"
    )
    mine = Path(__file__).resolve()
    found = [
        name.decode()
        for name in listed.split(b"\0")
        if name
        and (ROOT / name.decode()).is_file()
        and (ROOT / name.decode()) != mine
        and forbidden.search((ROOT / name.decode()).read_bytes())
    ]
    assert found == []
