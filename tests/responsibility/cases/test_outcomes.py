"""What became of answers, and how accurate dispatch is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace as Town
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import commit
from gis.errors import UsageError, WanggeError
from gis.models import outcomes as table
from gis.registry import Registry
from responsibility.cases.accuracy import accuracy_of_cases, accuracy_of_outcomes
from responsibility.cases.outcomes import read_outcomes, record_outcome
from responsibility.model import Named, Resolution
from responsibility.questions import question_from_params
from responsibility.resolver import Resolver
from responsibility.settings import ResolveSettings

MOMENT = "2126-11-20T09:30:00+08:00"


def params(town: Town, column: float, **more: str) -> dict[str, str]:
    lon, lat = town.xy(column)
    return {"lon": str(lon), "lat": str(lat), "class": "0101", "as_of": MOMENT, "at": MOMENT, **more}


def ask(registry: Registry, question: dict[str, str]) -> Resolution:
    return Resolver(registry).resolve(question_from_params(question))


def test_an_outcome_is_kept_with_what_the_answer_said(own_city: Registry, town: Town) -> None:
    question = params(town, 0.5, kind="matter")
    answer = ask(own_city, question)

    kept = record_outcome(
        Resolver(own_city),
        answer.answer_id,
        question=question,
        result="changed",
        to=Named(None, "河东街道办"),
        reason="不属我单位职责",
        evidence="会议纪要 3 号",
    )

    assert list(read_outcomes(own_city, answer.answer_id)) == list(read_outcomes(own_city)) == [kept]
    assert kept.to == Named("EAST", "河东街道办")
    assert kept.acting == Named("CLEAN", "环卫公司")
    assert (kept.kind, kept.class_code, kept.rule_no) == ("matter", "0101", 1)
    assert (kept.reason_code, kept.reason_ref, kept.street) == ("rule.fixed", "1", "500199001")
    assert kept.basis == answer.basis.to_dict()
    assert ask(own_city, question).to_json() == answer.to_json()


def test_at_is_the_moment_of_asking_unless_it_was_given(own_city: Registry, town: Town) -> None:
    question = params(town, 0.5)
    answer = ask(own_city, question)

    kept = record_outcome(
        Resolver(own_city), answer.answer_id, question={**question, "at": None}, result="accepted"
    )

    assert kept.answer_id == answer.answer_id


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"result": "lost"}, "result"),
        ({"result": "returned"}, "reason"),
        ({"result": "changed", "reason": "x"}, "to"),
        ({"result": "changed", "reason": "x", "to": Named("NOBODY", None)}, "to"),
        ({"result": "returned", "reason": "x" * 5000}, "reason"),
        ({"question": {"lon": "106.5", "lat": "29.4"}}, "as_of"),
        ({"question": {"lon": "106.9", "lat": "29.4", "as_of": MOMENT}}, "question"),
        ({"question": {"lon": "106.5", "lat": "29.4", "as_of": MOMENT, "colour": "red"}}, "colour"),
    ],
)
def test_what_does_not_belong_to_the_answer_is_refused(
    own_city: Registry, town: Town, changes: dict[str, Any], field: str
) -> None:
    question = params(town, 0.5)
    answer = ask(own_city, question)
    given = {"question": question, "result": "accepted", **changes}

    with pytest.raises(UsageError) as caught:
        record_outcome(Resolver(own_city), answer.answer_id, **given)

    assert caught.value.field == field
    assert list(read_outcomes(own_city)) == []


def test_after_other_settings_an_outcome_is_kept_only_with_its_basis(own_city: Registry, town: Town) -> None:
    question = params(town, 0.5)
    answer = ask(own_city, question)
    other = Resolver(own_city, settings=replace(ResolveSettings(), snap_m=7.0))
    given = {"question": question, "result": "returned", "reason": "不是我单位的"}

    with pytest.raises(WanggeError):
        record_outcome(other, answer.answer_id, **given)
    kept = record_outcome(other, answer.answer_id, **given, basis=answer.basis.to_dict())

    assert (kept.decision, kept.acting, kept.basis) == (None, None, answer.basis.to_dict())
    found = accuracy_of_outcomes(own_city)
    assert (found.untraced, found.total.answers) == (1, 0)


def test_an_answer_of_before_an_import_is_found_again(own_city: Registry, town: Town) -> None:
    moment = Resolver(own_city).moment_of_asking().isoformat()
    question = params(town, 0.5, as_of=moment, at=moment)
    answer = ask(own_city, question)
    commit(own_city, "organisations", town.tables["organisations"]())

    kept = record_outcome(Resolver(own_city), answer.answer_id, question=question, result="accepted")

    assert kept.acting == answer.parties.acting


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "answer_id": st.sampled_from("abcdefgh"),
            "result": st.sampled_from(["accepted", "changed", "returned"]),
            "acting_code": st.sampled_from(["X", "Y"]),
            "class_code": st.sampled_from(["0101", "0102"]),
            "reason_ref": st.sampled_from(["1", "2"]),
            "reason_code": st.sampled_from(["rule.fixed", "area.contract", "component.maintainer"]),
        }
    ),
    max_size=30,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_accuracy_is_what_counting_the_last_outcomes_gives(registry: Registry, rows: list[Any]) -> None:
    fixed = {
        "recorded_at": datetime.fromisoformat(MOMENT),
        "question": "{}",
        "basis": "{}",
        "decision": "decided",
        "standard": "2013",
        "kind": "component",
    }
    with registry.begin() as connection:
        connection.execute(table.delete())
        for row in rows:
            to = "Z" if row["result"] == "changed" else None
            connection.execute(table.insert(), fixed | row | {"to_code": to})
    last = list({row["answer_id"]: row for row in rows}.values())

    found = accuracy_of_outcomes(registry)

    assert found.total.results == Counter(row["result"] for row in last)
    for name, column in (("units", "acting_code"), ("classes", "class_code")):
        counted = {key: tally.results for key, tally in getattr(found, name).items()}
        expected: dict[str, Counter[str]] = {}
        for row in last:
            expected.setdefault(row[column], Counter())[row["result"]] += 1
        assert counted == expected
    assert sum(tally.answers for tally in found.rules.values()) == len(last)
    wrong = [tally.wrong for _, tally in found.to_mend()]
    assert wrong == sorted(wrong, reverse=True)
    assert sum(wrong) == sum(row["result"] != "accepted" for row in last)
    assert all("#" in key for key in found.rules if key.startswith("rule."))


def test_past_cases_tell_which_rule_to_mend(own_city: Registry, case_rows: Callable[..., Any]) -> None:
    street = {"kind": "matter", "acting_code": "EAST", "acting_name": "河东街道办"}
    cases = case_rows(
        ("C1", 0.5, "0101", street),
        ("C2", 0.6, "0101", street),
        ("C3", 0.7, "0101", street | {"acting_code": "CLEAN", "acting_name": "环卫公司"}),
        ("C4", 0.7, "0101", street | {"outcome": "returned"}),
        ("C5", 0.7, "0101", {"kind": "matter"}),
        ("C6", 0.7, "no such class", street),
    )

    found = accuracy_of_cases(own_city, cases)

    assert (found.total.answers, found.total.wrong, found.untraced) == (3, 2, 1)
    ((rule, tally),) = found.to_mend()
    assert rule == "rule.fixed matter 2013 0101 #1"
    assert tally.to_dict() == {
        "answers": 3, "accepted": 1, "changed": 2, "returned": 0, "accuracy": 0.3333,
        "to": [{"unit": "河东街道办", "count": 2}],
    }  # fmt: skip
