from __future__ import annotations

import pytest
from sqlalchemy import String, literal, select

from gis.folding import ACCENTS, CASE, fold, folded
from gis.registry import Registry

#: Every character of the planes that have letters, but those no text can hold.
CHARACTERS = [chr(code) for code in range(1, 0x20000) if not 0xD800 <= code < 0xE000]


@pytest.mark.parametrize("steps", [(CASE,), (ACCENTS,), (ACCENTS, CASE), (CASE, ACCENTS)])
def test_both_databases_fold_every_character_as_python_does(
    registry: Registry, steps: tuple[str, ...]
) -> None:
    for start in range(0, len(CHARACTERS), 4096):
        text = "x".join(CHARACTERS[start : start + 4096])
        with registry.connect() as connection:
            assert connection.scalar(select(folded(literal(text, String()), steps))) == fold(text, steps)


def test_null_stays_null(registry: Registry) -> None:
    with registry.connect() as connection:
        assert connection.scalar(select(folded(literal(None, String()), (CASE,)))) is None


@pytest.mark.parametrize(
    ("text", "steps", "expected"),
    [
        ("Straße", (CASE,), "strasse"),
        ("ΟΔΟΣ Οδος", (CASE,), "οδοσ οδοσ"),
        ("ＡＢＣ 路", (CASE,), "ａｂｃ 路"),
        ("débárquér", (ACCENTS,), "debarquer"),
        ("e\u0301", (ACCENTS,), "e"),
        ("がギ", (ACCENTS,), "がギ"),
        ("ÉCOLE", (CASE, ACCENTS), "ecole"),
        ("完好", (CASE, ACCENTS), "完好"),
    ],
)
def test_case_and_accents_are_folded(text: str, steps: tuple[str, ...], expected: str) -> None:
    assert fold(text, steps) == expected
    assert fold(expected, steps) == expected
