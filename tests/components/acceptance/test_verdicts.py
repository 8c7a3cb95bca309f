"""Rates, accuracies and verdicts: they sum up, and follow the settings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.acceptance.accuracy import accuracies_of
from components.acceptance.settings import RATES, AcceptanceSettings
from components.acceptance.verdict import Outcome, Verdict, judge_lot, points_for
from tests.components.acceptance.conftest import Bench, Thing

COVER, LAMP, SIGN, TREE = "0101", "0137", "0201", "0402"
DEFAULT = AcceptanceSettings()

THING = st.tuples(st.integers(1, 24), st.integers(1, 24), st.sampled_from([COVER, LAMP, SIGN, TREE]))
THINGS = st.lists(
    THING.map(lambda one: (one[0] * 10.0, one[1] * 10.0, one[2])), max_size=12, unique_by=lambda p: p[:2]
)


@settings(max_examples=60, deadline=None)
@given(THINGS, THINGS)
def test_what_is_counted_sums_up(field: list[Thing], data: list[Thing]) -> None:
    judged = Bench().judge(field, data, inspected=["0-0"])
    judgement, rates = judged.judgement, judged.rates
    paired = int(judgement.paired.sum())
    assert len(judgement) == paired + int(judgement.missed.sum()) + int(judgement.surplus.sum())
    assert rates["missed"].base == len(field) == paired + rates["missed"].count
    assert rates["surplus"].base == len(data) == paired + rates["surplus"].count
    assert rates["wrong_class"].base == paired
    for name in RATES:
        assert rates[name].count == sum(one[name].count for one in judged.majors.values())
        assert rates[name].base == sum(one[name].base for one in judged.majors.values())
        if rates[name].base:
            assert rates[name].share == pytest.approx(rates[name].count / rates[name].base)


def test_major_classes_weigh_above_and_below_the_line(bench: Bench) -> None:
    """Of two covers one is missed, of two trees none; covers weigh three times as much."""
    field: list[Thing] = [(10, 10, COVER), (50, 50, COVER), (90, 90, TREE), (130, 130, TREE)]
    judged = bench.judge(field, field[1:], replace(DEFAULT, major_weights={"01": 3.0}))
    assert judged.rates["missed"].share == pytest.approx(3 / 8)
    assert judged.majors["01"]["missed"].share == pytest.approx(0.5)
    unweighted = bench.judge(field, field[1:])
    assert unweighted.rates["missed"].share == pytest.approx(0.25)


def with_errors(bench: Bench, errors: list[float], code: str, settings_: AcceptanceSettings):
    field: list[Thing] = [(20.0 * (n % 12), 20.0 * (n // 12), code) for n in range(1, len(errors) + 1)]
    data = [(x + error, y, code) for (x, y, _), error in zip(field, errors, strict=True)]
    return bench.judge(field, data, settings_)


def test_gross_errors_are_listed_and_left_out_of_the_mean_square_error(bench: Bench) -> None:
    errors = [0.3, 0.4] * 12 + [1.1, 2.0]
    [accuracy] = with_errors(bench, errors, COVER, DEFAULT).accuracies
    assert (accuracy.name, accuracy.count, accuracy.gross) == ("A", 24, 2)
    assert accuracy.error_m == pytest.approx(np.sqrt((0.09 + 0.16) / 2), abs=1e-4)
    assert not accuracy.is_mean
    assert accuracy.largest_m == pytest.approx(2.0, abs=1e-4)
    [lenient] = with_errors(bench, errors, COVER, replace(DEFAULT, gross_factor=3.0)).accuracies
    assert (lenient.count, lenient.gross) == (25, 1)


def test_the_mean_stands_in_for_few_points_and_equal_checks_halve_the_square(bench: Bench) -> None:
    [few] = with_errors(bench, [0.3, 0.4], COVER, DEFAULT).accuracies
    assert few.is_mean
    assert few.error_m == pytest.approx(0.35, abs=1e-4)
    equal = replace(DEFAULT, equal_accuracy=True, mean_below=0)
    [halved] = with_errors(bench, [0.3, 0.4, 1.2], COVER, equal).accuracies
    assert halved.gross == 0  # up to √2 times as far
    assert halved.error_m == pytest.approx(np.sqrt((0.09 + 0.16 + 1.44) / 3 / 2), abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 2.3), min_size=1, max_size=60), st.floats(1, 3), st.integers(0, 40))
def test_every_error_is_either_gross_or_in_the_mean(errors: list[float], factor: float, few: int) -> None:
    settings_ = replace(DEFAULT, gross_factor=factor, mean_below=few, reach_m={"A": 2.5, "B": 5, "C": 30})
    judged = with_errors(Bench(), errors, COVER, settings_)
    [accuracy] = judged.accuracies
    found = judged.judgement.distance_m
    kept = found[found <= 0.5 * factor]
    assert (accuracy.count, accuracy.gross) == (len(kept), len(found) - len(kept))
    if len(kept):
        expected = kept.mean() if len(kept) < few else np.sqrt((kept**2).mean())
        assert accuracy.error_m == pytest.approx(expected)
    assert accuracies_of(judged.judgement, settings_) == judged.accuracies


@pytest.mark.parametrize(
    ("used", "score"), [(0, 100), (1 / 3, 100), (0.5, 90), (0.75, 75), (1, 60), (2.5, 0), (9, 0)]
)
def test_scores_fall_with_what_is_used_up_of_the_limit(used: float, score: float) -> None:
    assert points_for(used) == pytest.approx(score)


def test_a_clean_sheet_is_excellent(bench: Bench) -> None:
    field: list[Thing] = [(10.0 * n, 10.0, COVER) for n in range(1, 21)]
    verdict = bench.judge(field, field).results[0].verdict
    assert (verdict.outcome, verdict.grade, verdict.score, verdict.reasons) == (
        Outcome.QUALIFIED,
        "excellent",
        100.0,
        (),
    )


@pytest.mark.parametrize(
    ("spoil", "element"),
    [
        (lambda field, data: (field, data[3:]), "completeness"),
        (lambda field, data: (field[3:], data), "completeness"),
        (lambda field, data: (field, [(x, y, LAMP) if x < 40 else (x, y, c) for x, y, c in data]), "class"),
        (
            lambda field, data: (field, [(x, y + 1.5, c) if x < 40 else (x, y, c) for x, y, c in data]),
            "position",
        ),
        (lambda field, data: (field, [(x, y + 0.6, c) for x, y, c in data]), "position"),
    ],
)
def test_a_limit_that_is_passed_fails_the_sheet_and_is_the_reason(bench, spoil, element) -> None:
    field: list[Thing] = [(10.0 * n, 10.0, COVER) for n in range(1, 21)]
    judged = bench.judge(*spoil(field, field))
    verdict = judged.results[0].verdict
    assert (verdict.outcome, verdict.grade) == (Outcome.UNQUALIFIED, "unqualified")
    assert verdict.elements[element] < 60
    assert len(verdict.reasons) == 1
    assert judged.verdict.outcome is Outcome.UNQUALIFIED


def test_a_rate_at_its_limit_qualifies_just_so(bench: Bench) -> None:
    field: list[Thing] = [(10.0 * n, 10.0, COVER) for n in range(1, 21)]
    verdict = bench.judge(field, field[1:]).results[0].verdict
    assert verdict.elements["completeness"] == pytest.approx(60)
    assert verdict.outcome is Outcome.QUALIFIED


def test_a_score_below_the_least_grade_fails_though_no_limit_is_passed(bench: Bench) -> None:
    strict = replace(DEFAULT, grades={"excellent": 99.0, "good": 98.0, "qualified": 97.0})
    field: list[Thing] = [(10.0 * n, 10.0, COVER) for n in range(1, 21)]
    verdict = bench.judge(field, field[1:], strict).results[0].verdict
    assert verdict.outcome is Outcome.UNQUALIFIED
    assert verdict.reasons[0].params["least"] == "97"


def test_a_sheet_without_check_points_is_pending_until_somebody_says_it_was_visited(bench: Bench) -> None:
    sheets = bench.sheets((0, 0), (250, 0))
    field: list[Thing] = [(10, 10, COVER)]
    judged = bench.judge(field, [*field, (300, 10, LAMP)], sheets=sheets)
    assert [one.verdict.outcome for one in judged.results] == [Outcome.QUALIFIED, Outcome.PENDING]
    assert judged.verdict.outcome is Outcome.PENDING
    assert judged.rates["surplus"].base == 1
    visited = bench.judge(field, [*field, (300, 10, LAMP)], sheets=sheets, inspected=["0-250"])
    assert [one.verdict.outcome for one in visited.results] == [Outcome.QUALIFIED, Outcome.UNQUALIFIED]
    assert visited.rates["surplus"].base == 2
    empty = bench.judge(field, field, sheets=sheets, inspected=["0-250"])
    assert empty.verdict.outcome is Outcome.QUALIFIED


QUALIFIED, FAILED, PENDING = (
    Verdict(outcome, score, None, {}, ())
    for outcome, score in ((Outcome.QUALIFIED, 90.0), (Outcome.UNQUALIFIED, 50.0), (Outcome.PENDING, None))
)


@pytest.mark.parametrize(
    ("verdicts", "share", "outcome"),
    [
        ([QUALIFIED] * 3, 1.0, Outcome.QUALIFIED),
        ([QUALIFIED, QUALIFIED, FAILED], 1.0, Outcome.UNQUALIFIED),
        ([QUALIFIED, QUALIFIED, FAILED], 0.6, Outcome.QUALIFIED),
        ([QUALIFIED, QUALIFIED, PENDING], 0.6, Outcome.PENDING),
        ([FAILED, QUALIFIED, PENDING], 1.0, Outcome.UNQUALIFIED),
        ([PENDING, PENDING], 1.0, Outcome.PENDING),
    ],
)
def test_a_lot_qualifies_by_its_sheets(verdicts: list[Verdict], share: float, outcome: Outcome) -> None:
    lot = judge_lot({str(at): one for at, one in enumerate(verdicts)}, replace(DEFAULT, lot_share=share))
    assert lot.outcome is outcome
    scores = [one.score for one in verdicts if one.score is not None]
    assert lot.score == (pytest.approx(np.mean(scores)) if scores else None)
