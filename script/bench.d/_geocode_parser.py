"""Level-span F1 of the parser on a corpus of addresses users typed, cut up by hand.

The corpus has tags of its own. They are compared where they mean one of our levels:

========================= ======================================================================
tag                       level
========================= ======================================================================
prov, city, district      province, prefecture, county; 直辖市, tagged city, is province here
town, community           township, community
road, subroad             street
roadno, subroadno         plate, with its sub-plate
poi, subpoi, devzone      zone or poi: one group, adjoining spans joined on both sides
houseno, cellno           building, unit
floorno, roomno           floor, room
========================= ======================================================================

Left out are country, person, assist, redundant, otherinfo: a span of ours inside characters so tagged
counts for nothing. A span is right when its level, its first and its last character are.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from geocoding.levels import Level
from geocoding.parse import parse
from geocoding.parse_dictionary import NameDictionary

Span = tuple[str, int, int]

PLACE = "zone, poi"
LEAST = {True: 0.90, False: 0.89}
"""F1 to reach with the names of the city known, and without."""
TAGS = {
    "prov": "province", "city": "prefecture", "district": "county", "town": "township",
    "community": "community", "road": "street", "subroad": "street", "roadno": "plate",
    "subroadno": "plate", "poi": PLACE, "subpoi": PLACE, "devzone": PLACE, "houseno": "building",
    "cellno": "unit", "floorno": "floor", "roomno": "room",
}  # fmt: skip
MUNICIPALITIES = ("北京", "上海", "天津", "重庆")
OURS = {level: str(level) for level in Level if str(level) in TAGS.values()}
OURS |= {Level.ZONE: PLACE, Level.POI: PLACE, Level.SUB_PLATE: "plate"}


def main(options: argparse.Namespace) -> int:
    """Print precision, recall and F1 by level; fail below :data:`LEAST` over all."""
    data = os.environ.get("WANGGE_TEST_DATA")
    if data is None:
        print("WANGGE_TEST_DATA names no folder of real data: nothing to measure")
        return 0
    path = Path(data) / "cn-address-parsing" / f"{options.part}.txt.gz"
    rows = list(read(path))
    cities = Cities(Path(data) / "cn-division-codes") if options.names else None
    known = [cities.of(text) if cities else None for text, _ in rows]
    parse("重庆市")
    began = time.process_time()
    read_all = [parse(text, names) for (text, _), names in zip(rows, known, strict=True)]
    seconds = time.process_time() - began
    right: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    shown = 0
    for (text, tags), parsed in zip(rows, read_all, strict=True):
        wanted = expected(text, tags)
        found = [span for span in spans(parsed.parts) if not _left_out(span, tags)]
        theirs.update(span[0] for span in wanted)
        ours.update(span[0] for span in found)
        right.update(span[0] for span in set(wanted) & set(found))
        if set(wanted) != set(found) and shown < options.wrong:
            shown += 1
            show(text, wanted, found)
    table(right, ours, theirs)
    total = 2 * right.total() / (ours.total() + theirs.total())
    print(f"{len(rows)} addresses, {seconds / len(rows) * 1e6:.0f} µs each")
    return 0 if total >= LEAST[options.names] else 1


class Cities:
    """The townships and communities of each prefecture, as the registry of that city would know them."""

    def __init__(self, folder: Path) -> None:
        self._names: dict[str, dict[Level, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._codes: dict[str, str] = {}
        self._known: dict[str, NameDictionary] = {}
        for row in (*rows_of(folder / "cities.csv"), *rows_of(folder / "areas.csv")):
            for name in (row["name"], re.sub("[市区县]$", "", row["name"])):
                self._codes.setdefault(name, row["code"][:4])
        for level, file in ((Level.TOWNSHIP, "streets.csv"), (Level.COMMUNITY, "villages.csv.gz")):
            for row in rows_of(folder / file):
                self._names[row["code"][:4]][level].add(row["name"])

    def of(self, text: str) -> NameDictionary | None:
        """Return the names of the city that a text names by itself; None when it names none."""
        parsed = parse(text)
        named = (parsed.first(level) for level in (Level.PREFECTURE, Level.COUNTY, Level.PROVINCE))
        code = next((self._codes[name] for name in named if name in self._codes), None)
        if code and code not in self._known:
            self._known[code] = NameDictionary(self._names[code])
        return self._known.get(code or "")


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table, packed or not."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        yield from csv.DictReader(lines)


def read(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each address with the tag of every character (B-road, I-road …)."""
    text, tags = "", []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in (*lines, "\n"):
            if line.strip():
                characters, tag = line.rstrip("\n").rsplit(" ", 1)
                text += characters
                # a run of digits or letters is one line of the corpus
                tags += [tag.lower().replace("o", "-", 1) if tag == "O" else tag.lower()]
                tags += ["i-" + tag[2:].lower()] * (len(characters) - 1)
            elif text:
                yield text, tags
                text, tags = "", []


def expected(text: str, tags: list[str]) -> list[Span]:
    """Return the spans of the corpus under the names of our levels."""
    found: list[Span] = []
    for at, tag in enumerate(tags):
        name = TAGS.get(tag[2:])
        if name is None:
            continue
        if tag[0] == "i" and found and found[-1][2] == at and found[-1][0] in (name, "province"):
            found[-1] = (found[-1][0], found[-1][1], at + 1)
            continue
        if name == "prefecture" and text.startswith(MUNICIPALITIES, at):
            name = "province"
        found.append((name, at, at + 1))
    return joined(found)


def spans(parts: object) -> list[Span]:
    """Return the parts of a parsed address under the names they are compared by."""
    return joined([(OURS[part.level], part.start, part.end) for part in parts if part.level in OURS])


def joined(found: list[Span]) -> list[Span]:
    """Join adjoining places, and adjoining plates: where one ends and the next begins is a convention."""
    kept: list[Span] = []
    for span in found:
        if kept and span[0] in (PLACE, "plate") and kept[-1][0] == span[0] and kept[-1][2] == span[1]:
            kept[-1] = (span[0], kept[-1][1], span[2])
        else:
            kept.append(span)
    return kept


def _left_out(span: Span, tags: list[str]) -> bool:
    return all(tag[2:] not in TAGS for tag in tags[span[1] : span[2]])


def show(text: str, wanted: list[Span], found: list[Span]) -> None:
    print(text)
    for mark, one, other in (("missed", wanted, found), ("  ours", found, wanted)):
        told = [f"{level}={text[start:end]}" for level, start, end in one if (level, start, end) not in other]
        print("   ", mark, "  ".join(told))


def table(right: Counter[str], ours: Counter[str], theirs: Counter[str]) -> None:
    print(f"{'level':12} {'spans':>6} {'precision':>10} {'recall':>7} {'F1':>6}")
    for name in (*dict.fromkeys(TAGS.values()), "all"):
        r, o, t = (sum(c.values()) if name == "all" else c[name] for c in (right, ours, theirs))
        print(f"{name:12} {t:6} {r / max(o, 1):10.3f} {r / max(t, 1):7.3f} {2 * r / max(o + t, 1):6.3f}")
