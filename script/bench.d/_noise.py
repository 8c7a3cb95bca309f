"""Queries as people write them, made from registered addresses by a seeded noise model."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from geocoding.numerals import chinese_text
from geocoding.pinyin import readings_of
from geocoding.traditional import simplified

_UPPER, _NAME, _PLATE, _BUILDING = "upper", "name", "plate", "building"


@dataclass(frozen=True, slots=True)
class Row:
    """An address in parts, in the order they are written: what each is, and its text."""

    parts: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.parts)

    @property
    def has_plate(self) -> bool:
        return any(kind == _PLATE for kind, _ in self.parts)

    @property
    def street(self) -> Row:
        """The address up to its plate."""
        return Row(tuple(part for part in self.parts if part[0] in (_UPPER, _NAME)))

    @property
    def short(self) -> Row:
        """Street and plate alone."""
        return Row(tuple(part for part in self.parts if part[0] in (_NAME, _PLATE)))

    @property
    def building(self) -> Row | None:
        """The building alone, or None where there is none with a name of its own."""
        parts = tuple(part for part in self.parts if part[0] == _BUILDING)
        return Row(parts) if len("".join(text for _, text in parts)) > 3 else None


Noise = Callable[[random.Random, Row], Row | None]


def row_of(upper: Sequence[str], name: str, plate: str, buildings: Sequence[str]) -> Row:
    """Return an address: divisions, street or village, plate (``29A號``), estate, building, block."""
    parts = [(_UPPER, text) for text in upper]
    parts += [(_NAME, name), (_PLATE, plate), *((_BUILDING, text) for text in buildings)]
    return Row(tuple((kind, text) for kind, text in parts if text))


class NoiseModel:
    """Noise of a seed. ``characters`` are what wrong ones are drawn from, as often as they are there."""

    def __init__(self, seed: int, characters: str) -> None:
        self._random = random.Random(seed)
        self._characters = characters
        self._kinds: dict[str, Noise] = {
            "dropped level": _drop_upper,
            "dropped building": _drop_building,
            "wrong character": self._wrong,
            "two wrong characters": lambda rng, row: self._twice(self._wrong, rng, row),
            "missing character": _missing,
            "swapped characters": _swapped,
            "full width": _full_width,
            "Chinese numerals": _numerals,
            "simplified": _simplified,
            "room or shop": _room,
            "relative": _relative,
        }

    @property
    def kinds(self) -> list[str]:
        return list(self._kinds)

    def query(self, row: Row, noises: int) -> tuple[str, list[str]]:
        """Return a text for an address with so many kinds of noise, and which."""
        done: list[str] = []
        for kind in self._random.sample(self.kinds, len(self.kinds)):
            if len(done) == noises:
                break
            # Of what cannot befall this address, none is counted
            noisy = self._kinds[kind](self._random, row)
            if noisy is not None and noisy.text != row.text:
                row = noisy
                done.append(kind)
        return row.text, done

    def homophones(self, row: Row, count: int) -> str | None:
        """Return the text with so many characters of one name replaced by others that are read alike.

        This kind is measured for itself, and is not among those that :meth:`query` mixes.
        """
        changed: Row | None = row
        for _ in range(count):
            changed = changed and _in_name(self._random, changed, self._sounding_alike)
        return None if changed is None or changed.text == row.text else changed.text

    def nonsense(self, length: int, characters: Sequence[str] | None = None) -> str:
        """Return characters in no order, by default those of addresses as often as they are there."""
        return "".join(self._random.choices(characters or self._characters, k=length))

    def _wrong(self, rng: random.Random, row: Row) -> Row | None:
        return _in_name(rng, row, lambda text, at: text[:at] + rng.choice(self._characters) + text[at + 1 :])

    def _sounding_alike(self, text: str, at: int) -> str:
        read = readings_of(text[at])[:1]
        others = [one for one in self._alike.get(read, "") if one != text[at]]
        return text[:at] + self._random.choice(others or [text[at]]) + text[at + 1 :]

    @cached_property
    def _alike(self) -> dict[tuple[str, ...], str]:
        """Characters people type (those of GB 2312) by their usual reading."""
        alike: dict[tuple[str, ...], str] = {}
        for first, second in product(range(0xB0, 0xF8), range(0xA1, 0xFF)):
            character = bytes((first, second)).decode("gb2312", "ignore")
            if character:
                read = readings_of(character)[:1]
                alike[read] = alike.get(read, "") + character
        return alike

    @staticmethod
    def _twice(noise: Noise, rng: random.Random, row: Row) -> Row | None:
        once = noise(rng, row)
        return noise(rng, once) if once else None


def _drop_upper(rng: random.Random, row: Row) -> Row | None:
    upper = [at for at, (kind, _) in enumerate(row.parts) if kind == _UPPER]
    dropped = set(rng.sample(upper, rng.randint(1, len(upper)))) if upper else set()
    return Row(tuple(part for at, part in enumerate(row.parts) if at not in dropped)) if dropped else None


def _drop_building(_: random.Random, row: Row) -> Row | None:
    """Leave the plate alone: what is behind it is dropped, where there is a plate."""
    if not any(kind == _PLATE for kind, _ in row.parts):
        return None
    return Row(tuple(part for part in row.parts if part[0] != _BUILDING))


def _in_name(rng: random.Random, row: Row, change: Callable[[str, int], str]) -> Row | None:
    """Change one Chinese character of a level other than the plate, each as likely as the other."""
    places = [
        (part, at)
        for part, (kind, text) in enumerate(row.parts)
        for at, character in enumerate(text)
        if kind != _PLATE and "\u4e00" <= character <= "\u9fff"
    ]
    if not places:
        return None
    part, at = rng.choice(places)
    kind, text = row.parts[part]
    return Row((*row.parts[:part], (kind, change(text, at)), *row.parts[part + 1 :]))


def _missing(rng: random.Random, row: Row) -> Row | None:
    return _in_name(rng, row, lambda text, at: text[:at] + text[at + 1 :])


def _swapped(rng: random.Random, row: Row) -> Row | None:
    return _in_name(rng, row, lambda text, at: text[:at] + text[at : at + 2][::-1] + text[at + 2 :])


def _full_width(_: random.Random, row: Row) -> Row:
    wide = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
    return Row(tuple((kind, text.translate(wide)) for kind, text in row.parts))


def _numerals(_: random.Random, row: Row) -> Row:
    def spelt(text: str) -> str:
        runs, digits = [], ""
        for character in [*text, ""]:
            if character and character in "0123456789":
                digits += character
                continue
            runs.append(chinese_text(int(digits)) if digits and int(digits) < 10_000 else digits)
            runs.append(character)
            digits = ""
        return "".join(runs)

    return Row(tuple((kind, spelt(text) if kind == _PLATE else text) for kind, text in row.parts))


def _simplified(_: random.Random, row: Row) -> Row:
    table = simplified()
    return Row(tuple((kind, "".join(table.get(c, c) for c in text)) for kind, text in row.parts))


def _room(rng: random.Random, row: Row) -> Row:
    floor, room, letter = rng.randint(1, 40), rng.randint(1, 30), rng.choice("ABCDEFGH")
    texts = (
        f"{floor}樓{letter}室",
        f"{floor}樓",
        f"{floor:02d}{room:02d}室",
        f"地下{letter}舖",
        f"{letter}座{floor}樓{room}室",
        f"{room}號舖",
    )
    return Row((*row.parts, ("supplement", rng.choice(texts))))


def _relative(rng: random.Random, row: Row) -> Row:
    side = rng.choice(["東", "南", "西", "北", "東南", "西南", "東北", "西北"])
    texts = ("對面", "旁", "旁邊", "附近", "門口", f"{side}側約{rng.randint(1, 20) * 10}米", f"{side}面")
    return Row((*row.parts, ("supplement", rng.choice(texts))))
