"""Decide the character encoding of a file by evidence, and decode by it.

What a file says about its encoding is often wrong: GBK tables come with a ``.cpg`` that says UTF-8,
UTF-8 tables with the language byte of GBK, most with nothing. So the bytes are asked: are they valid
in an encoding, and do they read as text? A statement that the bytes contradict is set aside with
a finding; where the bytes do not tell, a person is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gis.encoding_names import GBK, UTF8, Declaration, given_codec, is_single_byte, shown
from gis.errors import FileProblem
from gis.text import Text, t
from gis.text_weight import weigh

#: So many values, evenly spread, are looked at: more add no evidence.
ENOUGH_VALUES = 5_000
#: Share of values that may be damaged before an encoding counts as contradicted.
DAMAGED_SHARE = 0.05
# What text scores at least when read with the right encoding. Measured on single names of villages,
# components and addresses: right 0.78 or more, wrong 0.75 or less.
_READS_AS_TEXT = 0.78
_POOR = 0.5
# So many characters of valid UTF-8 do not come about by accident; of those it writes with three bytes,
# two will do: GBK text is read as such once in some ten thousand pairs of rare characters.
_ENOUGH_UTF8 = 12
_ENOUGH_WIDE_UTF8 = 2
_CLEARLY_BETTER = 0.25
_FOREIGN_TEXT = 0.6
_ENOUGH_FOREIGN = 12
_TELLING_EXAMPLE = 4
_TRADITIONAL = "big5hkscs"
_KOREAN = "cp949"
_ENOUGH = {_TRADITIONAL: 8, "cp950": 8}
_SHOWN_CANDIDATES = (UTF8, GBK, _TRADITIONAL, "iso8859-1")


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
    wide: int
    score: float
    example: str

    @property
    def valid(self) -> bool:
        return self.damaged <= DAMAGED_SHARE * self.total

    @property
    def proves_utf8(self) -> bool:
        """Whether so much valid UTF-8 cannot be an accident, when this is the reading as UTF-8."""
        wide = self.wide >= _ENOUGH_WIDE_UTF8 and not self.damaged
        return self.valid and (wide or self.characters >= _ENOUGH_UTF8)


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
    if best is None or (best is gbk and _is_korean(values)):
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
    own = _read(values, given_codec(given))
    encoding = shown(own.codec)
    if not own.valid:
        message = t(
            "{path}: {damaged} of {n} values are not valid {encoding}, which --encoding says",
            path=path,
            damaged=own.damaged,
            n=own.total,
            encoding=encoding,
        )
        raise _given_wrongly(message, values, given)
    best = _contradiction(own, _read(values, UTF8), _read(values, GBK))
    # A person may know of texts that read like others; of bytes that are proof, or fit anything, nobody does.
    proof = best is not None and (best.codec == UTF8 or is_single_byte(own.codec))
    if best is not None and proof and best.characters >= _ENOUGH_UTF8:
        message = t(
            "{path}: in {encoding}, which --encoding says, the text would read like {wrong}; it is {right}: "
            "{example}",
            path=path,
            encoding=encoding,
            wrong=own.example,
            right=shown(best.codec),
            example=best.example,
        )
        raise _given_wrongly(message, values, given)
    if not values:
        return Decision(own.codec, t("{encoding}: as given", encoding=encoding))
    evidence = t("{encoding}: as given; e.g. {example}", encoding=encoding, example=own.example)
    return Decision(own.codec, evidence)


def _given_wrongly(message: Text, values: Sequence[Sample], given: str) -> FileProblem:
    return FileProblem(
        message,
        code="F02",
        field="--encoding",
        value=given,
        expected=_candidates(values),
        hint=t("Give files of other encodings in a command of their own; most need no --encoding"),
    )


def _check_declared(
    values: Sequence[Sample], said: Declaration, utf8: _Reading, gbk: _Reading, path: str
) -> Decision:
    """Keep a declaration, or set it aside where the bytes speak against it."""
    own = _read(values, said.codec)
    best = _contradiction(own, utf8, gbk)
    if best is not None:
        return Decision(best.codec, _against(said, own, best), said)
    rivals = [utf8, gbk] if own.codec != GBK else [utf8, _read(values, _TRADITIONAL)]
    if not _believable(own, [rival for rival in rivals if rival.codec != own.codec and rival.valid]):
        raise _undecided(values, path, said, own)
    evidence = t(
        "{encoding}: {where} says so and {n} values are valid; e.g. {example}",
        encoding=shown(own.codec),
        where=said.where,
        n=own.total - own.damaged,
        example=own.example,
    )
    return Decision(own.codec, evidence)


def _contradiction(own: _Reading, utf8: _Reading, gbk: _Reading) -> _Reading | None:
    """Return the reading that outweighs a statement, or ``None``."""
    best = _by_evidence(utf8, gbk)
    if best is None or best.codec == own.codec:
        return None
    if not own.valid or best.proves_utf8 or best.score >= own.score + _CLEARLY_BETTER:
        return best
    return None


def _believable(own: _Reading, rivals: Sequence[_Reading]) -> bool:
    """Tell whether a statement that nothing contradicts is also borne out by what the text reads like."""
    if not own.valid:
        return False
    if own.proves_utf8 and own.codec == UTF8:
        return True
    if own.codec == UTF8:
        return all(own.score >= rival.score for rival in rivals) and (
            own.score >= _FOREIGN_TEXT or not rivals
        )
    if own.codec == GBK:
        return own.score >= _POOR and all(own.score >= rival.score for rival in rivals)
    # Foreign encodings are declared by mistake more often than meant: half of all Chinese tables claim one.
    if not is_single_byte(own.codec) and own.characters < _ENOUGH.get(own.codec, _ENOUGH_FOREIGN):
        return False
    needed = _FOREIGN_TEXT if rivals else _POOR
    return own.score >= needed and all(own.score >= rival.score + _CLEARLY_BETTER for rival in rivals)


def _by_evidence(utf8: _Reading, gbk: _Reading) -> _Reading | None:
    """Choose between the two encodings Chinese data comes in, or neither."""
    if utf8.proves_utf8:
        return utf8
    is_gbk = gbk.valid and gbk.score >= _READS_AS_TEXT
    is_utf8 = utf8.valid and utf8.score >= _READS_AS_TEXT
    if is_utf8 and is_gbk:
        if abs(utf8.score - gbk.score) < _CLEARLY_BETTER:
            return None
        return utf8 if utf8.score > gbk.score else gbk
    return utf8 if is_utf8 else gbk if is_gbk else None


def _is_korean(values: Sequence[Sample]) -> bool:
    """Tell whether all is hangul in Korean tables, whose bytes are common hanzi in GBK."""
    texts = [decode(sample, _KOREAN)[0] for sample in values]
    foreign = [character for text in texts for character in text if not character.isascii()]
    return len(foreign) >= _ENOUGH_FOREIGN and all("가" <= character <= "힣" for character in foreign)


def _read(values: Sequence[Sample], codec: str) -> _Reading:
    damaged = characters = wide = 0
    weight = 0.0
    example = ""
    for sample in values:
        text, outcome = decode(sample, codec)
        if outcome is Outcome.DAMAGED:
            damaged += 1
            continue
        count, of_three_bytes, total = weigh(text)
        characters, wide, weight = characters + count, wide + of_three_bytes, weight + total
        if len(example) < _TELLING_EXAMPLE <= len(text.strip()) or not example:
            example = text.strip()[:20]
    score = weight / characters if characters else 0.0
    return _Reading(codec, len(values), damaged, characters, wide, score, example)


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
    elif own.valid:
        message = t(
            "{path}: the encoding of its text cannot be told: {where} says {said}, in which it would read "
            "like {example}",
            path=path,
            where=said.where,
            said=said.said,
            example=own.example,
        )
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
