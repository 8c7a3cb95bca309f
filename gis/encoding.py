"""Decide the character encoding of a file by evidence, and decode by it.

What a file says about its encoding is often wrong: GBK tables come with a ``.cpg`` that says UTF-8,
UTF-8 tables with the language byte of GBK, most with nothing. So the bytes are asked: are they valid
in an encoding, and do they read as text? A statement that the bytes contradict is set aside with
a finding; where the bytes do not tell, a person is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gis._hanzi import COMMON, LEVEL_1, LEVEL_2
from gis.encoding_names import GBK, UTF8, Declaration, given_codec, is_single_byte, shown
from gis.errors import FileProblem
from gis.text import Text, t

#: So many values, evenly spread, are looked at: more add no evidence.
ENOUGH_VALUES = 5_000
#: Share of values that may be damaged before an encoding counts as contradicted.
DAMAGED_SHARE = 0.05
# What text scores at least when read with the right encoding. Measured on single names of villages,
# components and addresses: right 0.78 or more, wrong 0.75 or less.
_READS_AS_TEXT = 0.78
_READS_AS_NOTHING = 0.5
# So many characters of valid UTF-8 do not come about by accident; fewer will do where the same bytes
# read as nothing in GBK.
_ENOUGH_UTF8 = 12
_SOME_UTF8 = 3
_CLEARLY_BETTER = 0.25
_TELLING_EXAMPLE = 4
_SHOWN_CANDIDATES = (UTF8, GBK, "big5hkscs", "iso8859-1")


class Outcome(StrEnum):
    """How the decoding of one value went."""

    WHOLE = "whole"
    CUT = "cut"  # the field's width cut the last character in two
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Sample:
    """A value as bytes; ``full`` when it fills its field, so that its end may be cut off."""

    raw: bytes
    full: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The encoding of a file.

    Attributes
    ----------
    codec : str
        Python's name of it.
    evidence : Text
        Why.
    contradicted : Declaration or None
        What the file says and its bytes contradict.
    """

    codec: str
    evidence: Text
    contradicted: Declaration | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the samples look like when read with one encoding."""

    codec: str
    total: int
    damaged: int
    characters: int
    score: float
    example: str

    @property
    def valid(self) -> bool:
        return self.damaged <= DAMAGED_SHARE * self.total


def decide(
    samples: Iterable[Sample],
    *,
    path: str,
    declared: Sequence[Declaration] = (),
    given: str | None = None,
) -> Decision:
    """Decide the encoding of values.

    Parameters
    ----------
    samples : iterable of Sample
        Values of the file; those of plain ASCII say nothing and may be left out.
    path : str
        The file as shown to people.
    declared : sequence of Declaration
        What the file says, the most trustworthy first.
    given : str, optional
        What a person says (``--encoding``); taken unless the bytes are not valid in it.

    Returns
    -------
    Decision

    Raises
    ------
    UsageError
        ``given`` names no encoding.
    FileProblem
        F02: the bytes do not tell, or contradict what the person says.
    """
    values = _some(list(dict.fromkeys(sample for sample in samples if not sample.raw.isascii())))
    if given is not None:
        return _as_given(values, given, path)
    if not values:
        return Decision(UTF8, t("plain ASCII: the encoding does not matter"))
    utf8, gbk = _read(values, UTF8), _read(values, GBK)
    if declared:
        return _check_declared(values, declared[0], utf8, gbk, path)
    best = _by_evidence(utf8, gbk)
    if best is None:
        raise _undecided(values, path)
    evidence = t(
        "{encoding}: nothing declares it; {n} values read as text in it; e.g. {example}",
        encoding=shown(best.codec),
        n=best.total - best.damaged,
        example=best.example,
    )
    return Decision(best.codec, evidence)


def decode(sample: Sample, codec: str) -> tuple[str, Outcome]:
    """Decode one value.

    Returns
    -------
    text : str
        Damaged bytes become U+FFFD; half a character at the end of a full field is dropped.
    outcome : Outcome
    """
    try:
        return sample.raw.decode(codec), Outcome.WHOLE
    except UnicodeDecodeError as error:
        if sample.full and error.end >= len(sample.raw) and error.start >= len(sample.raw) - 3:
            return sample.raw[: error.start].decode(codec), Outcome.CUT
    return sample.raw.decode(codec, errors="replace"), Outcome.DAMAGED


def _some(values: list[Sample]) -> list[Sample]:
    """Take evenly spread values."""
    step = max(1, len(values) // ENOUGH_VALUES)
    return values[::step]


def _as_given(values: Sequence[Sample], given: str, path: str) -> Decision:
    reading = _read(values, given_codec(given))
    if not reading.valid:
        raise FileProblem(
            t(
                "{path}: {damaged} of {n} values are not valid {encoding}, which --encoding says",
                path=path,
                damaged=reading.damaged,
                n=reading.total,
                encoding=shown(reading.codec),
            ),
            code="F02",
            field="--encoding",
            value=given,
            expected=_candidates(values),
        )
    if not values:
        return Decision(reading.codec, t("{encoding}: as given", encoding=shown(reading.codec)))
    return Decision(
        reading.codec,
        t("{encoding}: as given; e.g. {example}", encoding=shown(reading.codec), example=reading.example),
    )


def _check_declared(
    values: Sequence[Sample], said: Declaration, utf8: _Reading, gbk: _Reading, path: str
) -> Decision:
    """Keep a declaration, or set it aside where the bytes speak against it."""
    own = _read(values, said.codec)
    best = _by_evidence(utf8, gbk)
    if best is not None and best.codec != own.codec and _beats(best, own):
        return Decision(best.codec, _against(said, own, best), said)
    if not own.valid:
        raise _undecided(values, path, said, own)
    evidence = t(
        "{encoding}: {where} says so and {n} values are valid; e.g. {example}",
        encoding=shown(own.codec),
        where=said.where,
        n=own.total - own.damaged,
        example=own.example,
    )
    return Decision(own.codec, evidence)


def _beats(best: _Reading, own: _Reading) -> bool:
    """Tell whether the evidence for one encoding outweighs the declaration of another."""
    if not own.valid or is_single_byte(own.codec):
        return True
    if own.codec == UTF8:
        return False  # valid UTF-8 that says it is UTF-8
    return best.score >= own.score + _CLEARLY_BETTER


def _by_evidence(utf8: _Reading, gbk: _Reading) -> _Reading | None:
    """Choose between the two encodings Chinese data comes in, or neither."""
    is_gbk = gbk.valid and gbk.score >= _READS_AS_TEXT
    enough = _SOME_UTF8 if gbk.score < _READS_AS_NOTHING else _ENOUGH_UTF8
    is_utf8 = utf8.valid and (utf8.score >= _READS_AS_TEXT or utf8.characters >= enough)
    if is_utf8 and is_gbk:
        if abs(utf8.score - gbk.score) < _CLEARLY_BETTER:
            return None
        return utf8 if utf8.score > gbk.score else gbk
    return utf8 if is_utf8 else gbk if is_gbk else None


def _read(values: Sequence[Sample], codec: str) -> _Reading:
    damaged = characters = 0
    weight = 0.0
    example = ""
    for sample in values:
        text, outcome = decode(sample, codec)
        if outcome is Outcome.DAMAGED:
            damaged += 1
            continue
        count, total = _weigh(text)
        characters += count
        weight += total
        if len(example) < _TELLING_EXAMPLE <= len(text.strip()) or not example:
            example = text.strip()[:20]
    return _Reading(
        codec, len(values), damaged, characters, weight / characters if characters else 0.0, example
    )


_RUNS = re.compile(r"[^\x00-\x7f]+")


def _weigh(text: str) -> tuple[int, float]:
    """Count the characters outside ASCII, and add up how much they look like text."""
    count, total = 0, 0.0
    for run in _RUNS.finditer(text):
        before, after = text[max(0, run.start() - 1) : run.start()], text[run.end() : run.end() + 1]
        beside_letter = before.islower() or after.islower()
        inside_word = beside_letter and before.isalpha() and after.isalpha()
        for character in run[0]:
            count += 1
            total += _weight(character, beside_letter, inside_word, len(run[0]))
    return count, total


def _weight(character: str, beside_letter: bool, inside_word: bool, run: int) -> float:
    """Weigh one character: 1 for what names are made of, 0 for what no text holds."""
    if "\u4e00" <= character <= "\u9fff":
        if inside_word and run <= 2:
            return 0.1  # a hanzi inside a Latin word comes from a wrong encoding
        return 1.0 if character in COMMON else _rarer_hanzi(character)
    if character in "　、。，．：；（）《》【】“”‘’—…·℃㎡°²³×±№①②③④⑤⑥⑦⑧⑨⑩" or "！" <= character <= "～":
        return 0.8
    if character.isalpha() and unicodedata.category(character) != "Lo":
        # Letters of Latin, Greek, Cyrillic …: within a word of ASCII letters, or as a word.
        return 0.8 if beside_letter or run >= 3 else 0.3
    if character.isalpha() or unicodedata.category(character).startswith("M"):
        return 0.5 if run >= 2 else 0.2
    return 0.0


def _rarer_hanzi(character: str) -> float:
    if character in LEVEL_1:
        return 0.7
    return 0.35 if character in LEVEL_2 else 0.1


def _against(said: Declaration, own: _Reading, best: _Reading) -> Text:
    """Say why a declaration was set aside."""
    details = {"encoding": shown(best.codec), "where": said.where, "said": said.said, "n": own.total}
    if own.damaged:
        return t(
            "{encoding}: {where} says {said}, but {damaged} of {n} values are not valid in it; "
            "e.g. {example}",
            damaged=own.damaged,
            example=best.example,
            **details,
        )
    return t(
        "{encoding}: {where} says {said}, but the {n} values would then read like {wrong}; e.g. {example}",
        wrong=own.example,
        example=best.example,
        **details,
    )


def _undecided(
    values: Sequence[Sample], path: str, said: Declaration | None = None, own: _Reading | None = None
) -> FileProblem:
    if said is None or own is None:
        message = t("{path}: the encoding of its text cannot be told", path=path)
    else:
        message = t(
            "{path}: the encoding of its text cannot be told: {where} says {said}, but {damaged} of {n} "
            "values are not valid in it",
            path=path,
            where=said.where,
            said=said.said,
            damaged=own.damaged,
            n=own.total,
        )
    return FileProblem(
        message,
        code="F02",
        field="--encoding",
        expected=_candidates(values),
        hint=t("Say it with --encoding: take the one in which the examples read right"),
    )


def _candidates(values: Sequence[Sample]) -> Text:
    """Show some values under each encoding that may be meant."""
    shown_values = sorted(values, key=lambda sample: (-min(len(sample.raw), 24), sample.raw))[:3]
    readings = []
    for codec in _SHOWN_CANDIDATES:
        texts = [_printable(sample.raw[:60].decode(codec, errors="replace")) for sample in shown_values]
        readings.append(f"{shown(codec)}: {' / '.join(texts)}")
    return t("one of {candidates}", candidates="; ".join(readings))


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in text.strip())
