"""Large datasets are read piece by piece."""

from __future__ import annotations

import pandas
import pytest

from gis.editions import commit
from gis.errors import UsageError
from gis.read import read_chunks, read_frame

BOX = (106.5, 29.4, 106.5045, 29.6)


@pytest.mark.parametrize("bbox", [None, BOX])
def test_the_pieces_are_the_whole(registry, grid_frame, bbox) -> None:
    commit(registry, "grids", grid_frame(11))
    columns = ["code", "area_m2", "geometry"]
    whole = read_frame(registry, "grids", bbox=bbox, columns=columns)
    pieces = list(read_chunks(registry, "grids", bbox=bbox, columns=columns, size=4))
    assert {len(piece) for piece in pieces[:-1]} <= {4}
    together = pandas.concat(pieces).sort_values("code", ignore_index=True)
    pandas.testing.assert_frame_equal(pandas.DataFrame(together), pandas.DataFrame(whole))


def test_the_index_alone_never_misses_a_row(registry, grid_frame) -> None:
    commit(registry, "grids", grid_frame(11))
    exact = set(read_frame(registry, "grids", bbox=BOX)["code"])
    rough = {
        code for piece in read_chunks(registry, "grids", bbox=BOX, exact=False) for code in piece["code"]
    }
    assert exact <= rough < set(read_frame(registry, "grids")["code"])


def test_an_empty_dataset_has_no_pieces_and_unknown_columns_are_refused(registry) -> None:
    assert list(read_chunks(registry, "organisations")) == []
    with pytest.raises(UsageError, match="colour"):
        next(read_chunks(registry, "grids", columns=["colour"]))
