from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import DataRefused
from responsibility.limits import UNITS, Step, parse_limit


@pytest.mark.parametrize(
    ("text", "n", "unit"),
    [
        ("2紧急工作时", 2, "urgent_hour"),
        ("30紧急工作分钟", 30, "urgent_minute"),
        ("1 紧急工作日", 1, "urgent_day"),
        ("4工作时", 4, "work_hour"),
        ("4小时", 4, "work_hour"),
        ("4工作小时", 4, "work_hour"),
        ("2个工作日", 2, "work_day"),
        ("2天", 2, "work_day"),
        ("30分钟", 30, "work_minute"),
        ("7自然日", 7, "calendar_day"),
        ("１５工作日", 15, "work_day"),
        ("0.5工作日", 0.5, "work_day"),
    ],
)
def test_each_unit_is_read(text: str, n: float, unit: str) -> None:
    (step,) = parse_limit(text)

    assert (step.n, step.unit, step.step) == (n, unit, None)


def test_several_limits_are_steps_in_order() -> None:
    steps = parse_limit("停工 4 工作时; 处罚 7 工作日；\n拆除 20 工作日")

    assert steps == [
        Step("停工", "4工作时", 4, "work_hour"),
        Step("处罚", "7工作日", 7, "work_day"),
        Step("拆除", "20工作日", 20, "work_day"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1紧急工作时制止", "制止"),
        ("种植季节15工作日", "种植季节"),
        ("种植季节，15工作日", "种植季节"),
        ("停工：4工作时", "停工"),
    ],
)
def test_words_around_a_limit_are_kept(text: str, words: str) -> None:
    (step,) = parse_limit(text)

    assert step.step == words


@pytest.mark.parametrize("text", ["", "尽快", "3-5工作日", "3至5工作日", "5", "工作日"])
def test_a_text_without_one_clear_limit_is_refused_by_name(text: str) -> None:
    with pytest.raises(DataRefused) as caught:
        parse_limit(text)

    assert caught.value.value == text
    assert "5工作日" in str(caught.value.expected)


def test_a_step_is_stored_under_the_names_of_the_rule_table() -> None:
    (step,) = parse_limit("2紧急工作时")

    assert step.to_dict() == {"step": None, "limit": "2紧急工作时", "n": 2, "unit": "urgent_hour"}


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("2个工\n作日内", [(None, "2个工作日")]),
        ("三个工作日", [(None, "3个工作日")]),
        ("十五个工作日", [(None, "15个工作日")]),
        ("二十四小时以内", [(None, "24小时")]),
        ("半个工作日", [(None, "0.5个工作日")]),
        ("5工作日（特殊情况10工作日）", [(None, "5工作日"), ("特殊情况", "10工作日")]),
        # Signs of items and of squares are no digits of a limit.
        ("①2工作时②1工作日", [(None, "2工作时"), (None, "1工作日")]),
        ("1.2工作时\n2.1工作日", [(None, "2工作时"), (None, "1工作日")]),
        ("⒈2工作时⒉1工作日", [(None, "2工作时"), (None, "1工作日")]),
        ("（1）停工4工作时（2）处罚7工作日", [("停工", "4工作时"), ("处罚", "7工作日")]),
        ("1、停工4工作时；2、处罚7工作日", [("停工", "4工作时"), ("处罚", "7工作日")]),
        ("破损大于25cm²5工作日", [("破损大于25cm²", "5工作日")]),
        ("破损大于2㎡3工作日", [("破损大于2㎡", "3工作日")]),
    ],
)
def test_limits_are_read_as_tables_write_them(text: str, limits: list[tuple[str | None, str]]) -> None:
    assert [(step.step, step.limit) for step in parse_limit(text)] == limits


@pytest.mark.parametrize(
    "text", ["1或2工作日", "三至五个工作日", "一个半工作日", "两三个工作日", "5/10工作日"]
)
def test_no_number_is_guessed(text: str) -> None:
    with pytest.raises(DataRefused):
        parse_limit(text)


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["", "停工", "处罚", "拆除", "大于25㎡", "种植季节"]),
        st.integers(1, 99),
        st.sampled_from(sorted(UNITS)),
    ),
    min_size=1,
    max_size=4,
)


@settings(deadline=None, max_examples=200)
@given(_STEPS, st.sampled_from(["；", ";", "\n", "，", "。\n", "、"]), st.sampled_from(["", " ", "个"]))
def test_steps_written_down_are_read_back(
    steps: list[tuple[str, int, str]], between: str, before_unit: str
) -> None:
    text = between.join(f"{words}{n}{before_unit}{unit}" for words, n, unit in steps)

    found = [(step.step or "", step.n, step.unit) for step in parse_limit(text)]

    assert found == [(words, n, UNITS[unit]) for words, n, unit in steps]
