"""What whole answers say of a position, and what they leave alone at a default coordinate."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace as Town
from typing import Any

import pandas
import pytest

from gis.registry import Registry
from responsibility import rows
from responsibility.default_places import DefaultPlace
from responsibility.model import Question, Resolution
from responsibility.resolver import Resolver
from responsibility.settings import ResolveSettings

MOMENT = datetime.fromisoformat("2126-11-20T09:30:00+08:00")


def ask(registry: Registry, configured: ResolveSettings, *where: float, **asked: Any) -> Resolution:
    """Ask cold and kept resolvers, which have to agree to the byte."""
    question = Question(*where, **{"as_of": MOMENT, "at": MOMENT, **asked})
    resolver = Resolver(registry, settings=configured, preload=True)
    answers = [
        Resolver(registry, settings=configured).resolve(question),
        resolver.resolve(question),
        resolver.resolve(question),
        resolver.resolve_many([question])[0],
    ]
    assert len({answer.to_json() for answer in answers}) == 1
    return answers[0]


def codes(answer: Resolution) -> list[str]:
    return [reason.code for reason in answer.reasons if reason.code.startswith("location.")]


@pytest.mark.parametrize("class_text", ["0101", "0103"])
def test_a_point_on_a_border_says_so(full_city: Registry, town: Town, class_text: str) -> None:
    configured = ResolveSettings()

    on_street = ask(full_city, configured, *town.xy(2.99), class_text=class_text)
    between_contracts = ask(full_city, configured, *town.xy(1.51), class_text=class_text)
    inside = ask(full_city, configured, *town.xy(0.7), class_text=class_text)

    assert codes(on_street) == ["location.on_centre_line"] * 2
    assert codes(between_contracts) == ["location.on_centre_line"]
    assert codes(inside) == []
    assert on_street.main_reason is not None
    assert not on_street.main_reason.code.startswith("location.")


def test_what_stands_at_a_default_coordinate_is_not_meant(full_city: Registry, town: Town) -> None:
    lon, lat = town.xy(0.5)
    configured = ResolveSettings(default_places=(DefaultPlace("热线受理中心", lon, lat, 300.0),))

    there = ask(full_city, configured, lon, lat, class_text="0101")
    without = ask(full_city, ResolveSettings(), lon, lat, class_text="0101")

    assert without.component is not None
    assert there.component is None
    assert codes(there) == ["location.default_coordinate"]
    assert "acting" in there.differs_within_accuracy


@pytest.mark.parametrize("class_text", ["0101", "0103"])
def test_many_rows_say_the_same(full_city: Registry, town: Town, class_text: str) -> None:
    lon, lat = town.xy(0.5)
    configured = ResolveSettings(default_places=(DefaultPlace("热线受理中心", lon, lat, 300.0),))
    places = [town.xy(column / 100) for column in range(0, 600, 7)] + [(lon, lat)] * 3
    resolver = Resolver(full_city, settings=configured, preload=True)
    answered = []
    for least in (0, 10**9):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(rows, "BULK", least)
            table = pandas.DataFrame(places, columns=["lon", "lat"])
            params = {"class_": class_text, "as_of": MOMENT.isoformat(), "at": MOMENT.isoformat()}
            answered.append(pandas.DataFrame(resolver.resolve_frame(table, **params)))

    pandas.testing.assert_frame_equal(*answered)
    assert answered[0]["component"].tail(3).isna().all()
