"""Rows that are mostly new are written past the stage, and come to the same."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis import new_rows
from gis.editions import Change, commit_changes, revert
from gis.models import DATASETS
from gis.places import Places
from gis.read import read_frame
from gis.table import Table
from gis.texts import Coded, texts_of

COLUMNS = DATASETS["components"].columns


def census(rows):
    """Return a table of components: number, owner, and where they stand."""
    values = {name: [None] * len(rows) for name in COLUMNS}
    values["id"] = [f"5001130101{number:06d}" for number, _, _ in rows]
    values["class_code"] = ["0101"] * len(rows)
    values["owner_name"] = [owner for _, owner, _ in rows]
    xy = np.array([(106.5 + 0.001 * x, 29.5) for _, _, x in rows]).reshape(-1, 2)
    columns = {name: texts_of(column) if rows else Coded.constant(None, 0) for name, column in values.items()}
    return Table(columns, np.arange(1, len(rows) + 1), Places(xy=xy))


def content(registry):
    frame = read_frame(registry, "components", columns=["id", "owner_name", "geometry", "edition"])
    return [(row.id, row.owner_name, row.geometry.wkt, row.edition) for row in frame.itertuples()]


def committed(registry, rows, **options):
    seen = []
    changes = [Change("components", census(rows), **options)]
    edition = commit_changes(registry, changes, operation="import", look=lambda w: seen.append(w.unchanged))
    return (edition.added, edition.changed, edition.retired, edition.unchanged, seen), content(registry)


ROWS = st.dictionaries(
    st.integers(1, 30), st.tuples(st.sampled_from(["甲", "乙"]), st.integers(0, 2)), max_size=20
)


def listed(rows):
    return [(number, *what) for number, what in rows.items()]


@given(before=ROWS, after=ROWS)
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_ways_come_to_the_same(registry, monkeypatch, before, after):
    monkeypatch.setattr(new_rows, "_SAMPLE", 1000)
    found = []
    for fewest in (10_000, 0):
        monkeypatch.setattr(new_rows, "FEWEST", fewest)
        first = committed(registry, listed(before))
        second = committed(registry, listed(after))
        found.append((first[0][:4], second[0][:4], [row[:3] for row in second[1]]))
        _clear(registry)
    assert found[0] == found[1]


def _clear(registry):
    keys = [(row[0],) for row in content(registry)]
    if keys:
        commit_changes(registry, [Change("components", census([]), keys)], operation="clear")
    assert content(registry) == []


@pytest.fixture
def direct(monkeypatch):
    """Write past the stage whatever the size."""
    monkeypatch.setattr(new_rows, "FEWEST", 0)


def test_new_rows_are_one_edition_with_the_others_and_reverted_with_them(registry, direct):
    committed(registry, [(n, "甲", 0) for n in range(1, 4)])
    before = content(registry)
    rows = [(1, "甲", 0), (2, "乙", 0), *((n, "甲", 1) for n in range(10, 20))]
    counts, after = committed(registry, rows, retired=[("5001130101000003",)])
    assert counts == (10, 1, 1, 1, [1])
    assert len(after) == 12
    revert(registry, max(row[3] for row in after))
    assert [row[:3] for row in content(registry)] == [row[:3] for row in before]


def test_a_delivery_of_which_most_is_there_is_staged(registry, direct, monkeypatch):
    rows = [(n, "甲", 0) for n in range(1, 10)]
    committed(registry, rows)
    monkeypatch.setattr("gis.editions.load_mostly_new", None)
    assert committed(registry, rows)[0] == (0, 0, 0, 9, [9])
