"""The point index under odd and bad input, in threads, and what it costs to ask a little."""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import shapely

import gis
from gis import _coverage_cells, _coverage_kernels, _coverage_near, _coverage_one, point_index
from gis.coverage import Coverage

SQUARE = shapely.box(106, 29, 107, 30)
with np.errstate(invalid="ignore"):
    WITH_NAN = shapely.from_wkt("POLYGON ((0 0, NaN 1, 1 1, 0 0))")


def answers(coverage, x, y):
    return [
        coverage.locate(x, y),
        *coverage.overlaps(x, y),
        *coverage.within(x, y, 100),
        *coverage.nearest(x, y, 100),
        coverage.edge_distance(x, y, np.full(len(x), -1)),
    ]


@pytest.mark.parametrize("geometries", [[], [None], [shapely.Polygon(), None]])
def test_a_coverage_without_ground_holds_nothing(geometries):
    codes = [str(row) for row in range(len(geometries))]
    coverage = Coverage.build(np.array(geometries, dtype=object), codes)
    coverage.prepare()
    found = answers(coverage, [106.5, np.nan], [29.5, 29.5])
    assert [part.tolist() for part in found[:6]] == [[-1, -1], [0, 0, 0], [], [0, 0, 0], [], [-1, -1]]
    assert len(coverage) == len(geometries)


@pytest.mark.parametrize("prepared", [False, True])
@pytest.mark.parametrize(
    ("x", "y"), [(np.nan, 29.5), (106.5, np.inf), (-np.inf, 29.5), (466.5, 29.5), (106.5, 90.1)]
)
def test_what_is_no_longitude_and_latitude_is_nowhere(x, y, prepared):
    coverage = Coverage.build(np.array([SQUARE]), ["1"])
    if prepared:
        coverage.prepare()
    assert coverage.locate([x, 106.5], [y, 29.5]).tolist() == [-1, 0]
    assert coverage.overlaps([x, 106.5], [y, 29.5])[0].tolist() == [0, 0, 1]
    assert coverage.within([x, 106.5], [y, 29.5], np.inf)[0].tolist() == [0, 0, 1]
    assert coverage.nearest([x, 106.5], [y, 29.5], np.inf)[0].tolist() == [-1, 0]
    assert np.isnan(coverage.edge_distance([x], [y], [0])).all()


@pytest.mark.parametrize("prepared", [False, True])
def test_no_points_get_no_answers(prepared):
    coverage = Coverage.build(np.array([SQUARE]), ["1"])
    if prepared:
        coverage.prepare()
    nothing = np.empty(0)
    assert [part.tolist() for part in answers(coverage, nothing, nothing)] == [
        [],
        [0],
        [],
        [0],
        [],
        [],
        [],
        [],
    ]


def test_z_is_ignored():
    high = shapely.force_3d(SQUARE, 250.0)
    assert Coverage.build(np.array([high]), ["1"]).locate([106.5], [29.5]).tolist() == [0]


def test_coordinates_closer_to_zero_than_can_be_multiplied_count_as_zero():
    at_origin = np.array([shapely.box(-1, 0, 0, 1), shapely.box(1e-200, 0, 1, 1)])
    coverage = Coverage.build(at_origin, ["1", "2"])
    assert coverage.locate([0.0, -1e-300, 1e-250], [0.5] * 3).tolist() == [1, 1, 1]


def test_codes_keep_their_order_and_are_plain_strings():
    coverage = Coverage.build(np.array([SQUARE, SQUARE, SQUARE]), np.array(["b", "a", "a"]))
    assert coverage.codes.tolist() == ["b", "a", "a"]
    assert {type(code) for code in coverage.codes.tolist()} <= {str, np.str_}
    assert coverage.codes[coverage.locate([106.5], [29.5])].tolist() == ["a"]


@pytest.mark.parametrize(
    ("geometries", "codes", "message"),
    [
        ([SQUARE], [], r"\(1,\) geometries do not go with 0 codes"),
        ([[SQUARE]], ["1"], r"\(1, 1\) geometries"),
        ([SQUARE, SQUARE], ["1", None], "code of row 1 must be a str, not None"),
        ([SQUARE, shapely.Point(1, 2)], ["1", "2"], "geometry of row 1 must be a Polygon.*not a Point"),
        ([None, shapely.box(0, 0, 1, 91)], ["1", "2"], r"row 1 has \(1.0, 91.0\): not a longitude"),
        ([WITH_NAN], ["1"], "row 0 has .*nan"),
    ],
)
def test_unusable_polygons_are_refused_with_their_row(geometries, codes, message):
    with pytest.raises(ValueError, match=message):
        Coverage.build(np.array(geometries, dtype=object), codes)


def test_unusable_questions_are_refused_with_the_value():
    coverage = Coverage.build(np.array([SQUARE]), ["1"])
    with pytest.raises(ValueError, match=r"not \(2,\) and \(1,\)"):
        coverage.locate([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match=r"not \(\) and \(\)"):
        coverage.locate(106.5, 29.5)
    with pytest.raises(ValueError, match=r"radius_m must be 0 or more metres, not -1"):
        coverage.within([106.5], [29.5], -1)
    with pytest.raises(ValueError, match=r"radius_m must be 0 or more metres, not nan"):
        coverage.nearest([106.5], [29.5], [np.nan])
    with pytest.raises(ValueError, match=r"row 1 is not among the 1"):
        coverage.edge_distance([106.5], [29.5], [1])
    with pytest.raises(ValueError, match=r"1 points need as many rows"):
        coverage.edge_distance([106.5], [29.5], [0, 0])


def test_readonly_and_strided_arrays_are_taken_as_they_are():
    coverage = Coverage.build(np.array([SQUARE]), ["1"])
    coverage.prepare()
    both = np.array([[106.5, 29.5], [105.0, 29.5]])
    both.flags.writeable = False
    assert coverage.locate(both[:, 0], both[:, 1]).tolist() == [0, -1]


def test_an_index_is_built_when_enough_is_asked_and_answers_stay():
    squares = shapely.box(np.arange(100), 0, np.arange(1, 101), 1)
    coverage = Coverage.build(squares, [f"{i:02d}" for i in range(100)])
    x = np.linspace(-0.5, 100.5, 20_001)
    y = np.full(len(x), 0.5)
    few = np.concatenate([coverage.locate(x[i : i + 1], y[i : i + 1]) for i in range(0, len(x), 5000)])
    size = coverage.nbytes
    many = coverage.locate(x, y)
    assert coverage.nbytes > size
    assert many[::5000].tolist() == few.tolist()


def test_threads_may_share_a_coverage():
    squares = shapely.box(*np.array([[i, 0, i + 1, 1] for i in range(50)]).T)
    coverage = Coverage.build(squares, [f"{i:02d}" for i in range(50)])
    x = np.linspace(0.01, 49.99, 40_000)
    found = {}
    threads = [
        threading.Thread(target=lambda n=n: found.update({n: coverage.locate(x, np.full(len(x), 0.5))}))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for rows in found.values():
        np.testing.assert_array_equal(rows, x.astype(int))


@pytest.mark.parametrize("prepared", [False, True])
def test_a_pickled_coverage_answers_alike_with_the_code_compiled_for_the_first(prepared):
    coverage = Coverage.build(shapely.box([106, 107], 29, [107, 108], 30), ["1", "2"])
    if prepared:
        coverage.prepare()
    again = pickle.loads(pickle.dumps(coverage))
    x, y = [106.0, 107.0, 107.5, 109.0], [29.5] * 4
    compiled = len(_coverage_kernels.overlaps.signatures)
    for ours, theirs in zip(answers(again, x, y), answers(coverage, x, y), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert len(_coverage_kernels.overlaps.signatures) <= max(compiled, 1)


def test_a_single_question_does_without_compiled_code():
    script = """
import sys, numpy, shapely
from gis.coverage import Coverage
coverage = Coverage.build(shapely.box([106, 107], 29, [107, 108], 30), ["1", "2"])
print(coverage.locate([107], [29.5]), coverage.nearest([109], [29.5], 1e6), coverage.within([107], [29.5], 9))
print("numba" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "False"


def test_compiled_code_works_where_none_can_be_kept():
    script = """
import logging
logging.basicConfig(format="%(message)s")
from gis._coverage_jit import kernel
print(kernel(lambda x: x + 1)(1))
"""
    nowhere = {
        "NUMBA_CACHE_DIR": os.devnull + "/none",
        "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator",
    }
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **nowhere},
    )
    assert run.stdout.split() == ["2"]
    assert "not kept on disk" in run.stderr


@pytest.mark.parametrize(
    "module", [_coverage_cells, _coverage_kernels, _coverage_near, _coverage_one, point_index]
)
def test_compiled_code_is_renewed_when_a_function_compiled_into_it_changes(module):
    """Compare the marker that is part of the text by which numba tells whether its cache is stale."""
    digest = hashlib.sha256()
    folder = Path(gis.__file__).parent
    for path in (*sorted(folder.glob("_coverage_*.py")), folder / "degrees.py", folder / "point_index.py"):
        digest.update(re.sub(r'(?m)^INLINED = ".*"$', "", path.read_text(encoding="utf-8")).encode())
    assert digest.hexdigest()[:16] == module.INLINED, (
        "set INLINED in the modules that have it to the left value"
    )
