"""What the index finds is what comparing a text with every other one finds, written out plainly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocoding.matching.index import TextIndex, encoded
from geocoding.matching.likeness import FIRST, LAST, likeness
from geocoding.matching.tokens import NUMBER, Tokens, tokens

WORDS = ["尚文", "上文", "学府", "雪府", "青山", "清山", "未来", "末来", "鱼洞", "渝洞", "中", "大"]
KINDS = ["路", "街", "大道", "村"]
names = st.builds(lambda word, kind: word + kind, st.sampled_from(WORDS), st.sampled_from(KINDS))
plates = st.builds(lambda name, plate: f"{name}{plate}号", names, st.integers(1, 40))
ranges = st.builds(
    lambda name, low, more: f"{name}{low}-{low + more}号", names, st.integers(1, 30), st.integers(1, 9)
)
texts = st.one_of(plates, plates, ranges, names)


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[str], str]:
    """Return the texts of a registry, and one of them a little changed."""
    registered = draw(st.lists(texts, min_size=1, max_size=40, unique=True))
    asked = draw(st.sampled_from(registered))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(asked) - 1))
        change = draw(st.sampled_from(["drop", "exchange", "wrong", "behind"]))
        if change == "drop":
            asked = asked[:at] + asked[at + 1 :] or asked
        elif change == "exchange":
            asked = asked[:at] + asked[at : at + 2][::-1] + asked[at + 2 :]
        elif change == "wrong":
            asked = asked[:at] + draw(st.sampled_from("上清末雪渝甲7")) + asked[at + 1 :]
        else:
            asked += draw(st.sampled_from(["3楼", "对面", "附近", "甲"]))
    return registered, asked


@given(questions())
@settings(deadline=None, max_examples=150)
def test_best_text_is_that_of_brute_force(question: tuple[list[str], str]) -> None:
    registered, asked = question
    index, query = TextIndex(*encoded(registered)), tokens(asked)

    scores = [plain_score(index, query, text) for text in range(len(index))]
    reachable = [at for at in range(len(index)) if shares_a_pair(index, query, at)]

    found = index.match([query])
    if not reachable:
        assert found.texts[0, 0] in (
            -1,
            *range(len(index)),
        )  # lists are shared by pairs, so there may be more
        return
    best = max(reachable, key=lambda at: scores[at])
    assert found.features[0, 0, 0] >= scores[best] - 1e-3
    assert found.features[0, 0, 0] == pytest.approx(scores[found.texts[0, 0]], abs=1e-3)


@given(st.lists(questions(), min_size=2, max_size=5))
@settings(deadline=None, max_examples=40)
def test_many_are_found_as_one_by_one(several: list[tuple[list[str], str]]) -> None:
    registered = list(dict.fromkeys(text for texts, _ in several for text in texts))
    index, asked = TextIndex(*encoded(registered)), [tokens(text) for _, text in several]
    together = index.match(asked)
    for at, query in enumerate(asked):
        alone = index.match([query])
        assert np.array_equal(together.texts[at], alone.texts[0])
        assert np.array_equal(together.features[at], alone.features[0])


def shares_a_pair(index: TextIndex, query: Tokens, text: int) -> bool:
    def pairs(codes: list[int]) -> set[frozenset[int]]:
        return {
            frozenset((codes[i], codes[j]))
            for i in range(len(codes))
            for j in (i + 1, i + 2)
            if j < len(codes)
        }

    return bool(pairs(query.codes.tolist()) & pairs(tokens_of(index, text)))


def tokens_of(index: TextIndex, text: int) -> list[int]:
    codes: list[int] = index.codes[index.offsets[text] : index.offsets[text + 1]].tolist()
    return codes


def plain_score(index: TextIndex, query: Tokens, text: int) -> float:
    """Return the score of a text, by the words of the documentation."""
    asked, there = query.codes.tolist(), tokens_of(index, text)
    unknown, weights = (index.weights_of(np.array(codes, np.int32)).tolist() for codes in (asked, there))
    of_query, of_text, neighbours = aligned(asked, unknown, there, weights)
    score, numbers, missing = 0.02 * neighbours, 0, 0
    for i, share in enumerate(of_query):
        left = (1 - (0.5 if 0 < share < 0.3 else share)) * unknown[i]
        score -= 0.7 * left * (0.05 if i >= query.supplement else 1.0)
        numbers += i < query.supplement and asked[i] >= NUMBER and share < 0.6
    for j, share in enumerate(of_text):
        score += share * weights[j] if share >= 0.3 else 0.0
        missing += there[j] >= NUMBER and share < 0.6
    above = next((j for j, share in enumerate(of_text) if share > 0), len(there))
    unasked = sum((1 - share) * weight for share, weight in zip(of_text, weights, strict=True))
    return score - 0.12 * (unasked - 0.9 * sum(weights[:above])) - 6.0 * min(numbers, missing)


def aligned(
    asked: list[int], unknown: list[float], there: list[int], weights: list[float]
) -> tuple[list[float], list[float], int]:
    """Align two texts by the best of all ways, cell by cell; of equal ways the first named."""
    worth = np.zeros((len(asked) + 1, len(there) + 1), np.float32)
    ways: dict[tuple[int, int], str] = {}
    for i in range(1, len(asked) + 1):
        for j in range(1, len(there) + 1):
            credit = credited(asked[i - 1], there, j - 1)
            weight = weights[j - 1] if credit == 1 else min(weights[j - 1], unknown[i - 1])
            run = 0.35 * credit if ways.get((i - 1, j - 1)) in ("match", "exchange") else 0.0
            choices = [(float(worth[i - 1, j]), "skip asked"), (float(worth[i, j - 1]), "skip there")]
            if credit > 0:
                choices.insert(0, (float(worth[i - 1, j - 1]) + credit * weight + run, "match"))
            if i > 1 and j > 1 and asked[i - 2 : i] == there[j - 2 : j][::-1]:
                choices.append(
                    (float(worth[i - 2, j - 2]) + 0.9 * (weights[j - 1] + weights[j - 2]), "exchange")
                )
            worth[i, j], ways[i, j] = max(choices, key=lambda choice: choice[0])
    return traced(asked, there, ways)


def traced(
    asked: list[int], there: list[int], ways: dict[tuple[int, int], str]
) -> tuple[list[float], list[float], int]:
    of_query, of_text = [0.0] * len(asked), [0.0] * len(there)
    i, j, neighbours, before = len(asked), len(there), 0, ""
    while i and j:
        way = ways[i, j]
        neighbours += way == before == "match" and of_query[i] == 1
        before = way
        if way == "match":
            of_query[i - 1] = of_text[j - 1] = credited(asked[i - 1], there, j - 1)
        if way == "exchange":
            of_query[i - 2 : i] = of_text[j - 2 : j] = [0.9, 0.9]
        steps = {"skip asked": (1, 0), "skip there": (0, 1), "match": (1, 1), "exchange": (2, 2)}[way]
        i, j = i - steps[0], j - steps[1]
    return of_query, of_text, neighbours


def credited(one: int, there: list[int], j: int) -> float:
    """Say what one token stands for in the place of another."""
    other = there[j]
    if one == other:
        return 1.0
    if (one >= NUMBER) != (other >= NUMBER):
        return 0.0
    if one < NUMBER:
        return characters(one, other)
    plate, low = (one - NUMBER) // 32, (other - NUMBER) // 32
    if plate == low:
        return 0.5
    if j + 2 < len(there) and there[j + 1] == ord("-") and there[j + 2] >= NUMBER:
        high = (there[j + 2] - NUMBER) // 32
        if low < plate <= high:
            return 0.9 if (plate - low) % 2 == 0 or plate == high else 0.6
    return 0.0


def characters(one: int, other: int) -> float:
    if not all(FIRST <= code < LAST for code in (one, other)):
        return 0.15 if min(one, other) > 0x2E80 else 0.0
    first, second = (int(likeness()[code - FIRST]) for code in (one, other))
    readings = [{value & 0xFFF, value >> 12 & 0xFFF} - {0} for value in (first, second)]
    if readings[0] & readings[1]:
        return 0.7
    if first >> 24 and first >> 24 == second >> 24:
        return 0.65
    nearly = [{reading >> 3 for reading in one} for one in readings]
    return 0.4 if nearly[0] & nearly[1] else 0.15
