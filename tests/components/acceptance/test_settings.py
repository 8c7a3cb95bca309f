"""Settings of an acceptance: the defaults, a file, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from components.acceptance.settings import AcceptanceSettings, load_settings
from gis.errors import UsageError


def write(folder: Path, text: str) -> Path:
    path = folder / "acceptance.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_everything_is_a_default() -> None:
    settings = load_settings(None)
    assert settings == AcceptanceSettings()
    assert settings.changed == ()
    assert [settings.gross_m(name) for name in "ABC"] == [1.0, 2.0, 20.0]


def test_a_file_replaces_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    settings = load_settings(
        write(
            tmp_path,
            """
            [acceptance]
            gross_factor = 2.5
            inspected = ["01", "0201"]
            attributes = ["state"]
            [acceptance.limits]
            missed = 0.02
            [acceptance.major_weights]
            "01" = 2
            """,
        )
    )
    assert settings.limits == {**AcceptanceSettings().limits, "missed": 0.02}
    assert (settings.weight("01"), settings.weight("02")) == (2.0, 1.0)
    assert settings.gross_m("A") == 1.25
    assert [settings.inspects(code) for code in ("0103", "0201", "0202")] == [True, True, False]
    assert settings.changed == ("attributes", "gross_factor", "inspected", "limits", "major_weights")


@pytest.mark.parametrize(
    "line",
    [
        "gross = 2",
        "gross_factor = 0.5",
        "gross_factor = true",
        "mean_below = -1",
        "lot_share = 2",
        "equal_accuracy = 1",
        'limits = "5 %"',
        "limits = { missed = 0.0 }",
        "limits = { lost = 0.1 }",
        "accuracy_m = { D = 1.0 }",
        "reach_m = { A = 0.8 }",
        "grades = { good = 95 }",
        "elements = { completeness = 0, class = 0, attributes = 0, position = 0 }",
        'attributes = ["colour"]',
        "inspected = [1]",
        'major_weights = { "01" = -1 }',
    ],
)
def test_an_impossible_setting_is_refused_and_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError) as refused:
        load_settings(write(tmp_path, f"[acceptance]\n{line}\n"))
    assert refused.value.expected is not None
    assert line.split(" ")[0].split("_")[0] in str(refused.value)


@pytest.mark.parametrize("text", ["[resolve]\n", "acceptance = 1\n", "[acceptance\n"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"acceptance\.toml"):
        load_settings(write(tmp_path, text))
    with pytest.raises(UsageError):
        load_settings(tmp_path / "missing.toml")


@pytest.mark.parametrize("name", ["acceptance.md", "acceptance.zh-CN.md"])
def test_the_settings_in_the_documentation_are_the_defaults(tmp_path: Path, name: str) -> None:
    text = (Path(__file__).parents[3] / "docs" / name).read_text("utf-8")
    settings = load_settings(write(tmp_path, text.split("```toml")[1].split("```")[0]))
    shown = replace(settings, inspected=(), major_weights={}, changed=())
    assert shown == AcceptanceSettings()
    assert {*settings.changed, "attributes"} == {*settings.to_dict()} - {"changed"}
