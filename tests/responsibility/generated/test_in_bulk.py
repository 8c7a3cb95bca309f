"""Rows answered in bulk get the answers of asking one by one, where there is every kind of evidence."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas
import pytest

from gis.registry import Registry
from responsibility import rows
from responsibility.resolver import Resolver

MOMENT = "2126-11-20T09:30:00+08:00"


def asked(data: SimpleNamespace, town: SimpleNamespace, count: int) -> pandas.DataFrame:
    """Ask near components, near the precedent and anywhere."""
    random = np.random.default_rng(7)
    chosen = random.integers(len(data.components), size=count)
    places = np.array([data.components[place]["at"] for place in chosen])
    places += random.choice([0.0, 0.01, 0.3], (count, 1)) * random.normal(size=(count, 2))
    places[::5] = np.array(data.PRECEDENT[3:5]) + random.normal(0, 0.08, (len(places[::5]), 2))
    lon, lat = town.xy(places[:, 0], places[:, 1])
    codes = [data.components[place]["class_code"] for place in chosen]
    codes[::5] = random.choice(["0103", "0104", "0105"], len(codes[::5])).tolist()
    table = pandas.DataFrame({"lon": lon, "lat": lat, "class": codes})
    table["kind"] = random.choice(["component", "component", "matter"], count)
    table["accuracy"] = random.choice(["0", "5", "30"], count)
    return table


def test_in_bulk_as_one_by_one(everything: Registry, data: SimpleNamespace, town: SimpleNamespace) -> None:
    table = asked(data, town, 1500)
    params = {f"{name}_column": name for name in ("class", "kind", "accuracy")}
    answered = []
    for least in (10**9, 0):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(rows, "BULK", least)
            resolver = Resolver(everything, preload=True)
            found = resolver.resolve_frame(table, **params, standard="2013", as_of=MOMENT, at=MOMENT)
            answered.append(pandas.DataFrame(found))
    pandas.testing.assert_frame_equal(*answered)
    codes = set(answered[1]["reason_code"])
    assert {"precedent.settled", "facility.owner", "ownership.disputed", "boundary.agreement"} <= codes
