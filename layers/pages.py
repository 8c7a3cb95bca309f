"""Cut pages of features out of what the database finds.

:class:`PageReader` says which statement to run and is fed the rows, so that the same code serves a
blocking and an asynchronous driver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layers.box_index import BoxIndex
from layers.box_select import STAMP, chosen_statement
from layers.coarsening import shown
from layers.features import features_as_json
from layers.layer import Layer
from layers.ordering import ordering_of
from layers.query import ItemsQuery
from layers.select import Statement, box_sides, is_plain, page_statement
from layers.shapes import Shapes, joined, read_shapes

Row = Sequence[Any]

#: Rows to ask for beyond a page within a box: the index works in single precision.
SPARE = 4


@dataclass(frozen=True, slots=True)
class Page:
    """Features of one page.

    Attributes
    ----------
    features : bytes
        JSON array of GeoJSON features.
    count : int
        How many there are.
    next : str or None
        Cursor of the next page; ``None`` on the last one.
    """

    features: bytes
    count: int
    next: str | None


class PageReader:
    """Read one page.

    Parameters
    ----------
    layer : Layer
        What is asked.
    query : ItemsQuery
        The question.
    kind : str
        ``"gpkg"`` or ``"postgis"``: how the stored bytes of geometries are written.
    index : BoxIndex, optional
        What lies in boxes, of the layer's dataset, so that the database need not look for it. Its rows tell
        whether it is as new as the table; where it is not, the database is asked.

    Attributes
    ----------
    done : bool
        Whether enough was read.
    outdated : bool
        Whether the index was found to be older than the table.

    Examples
    --------
    ::

        reader = PageReader(layer, query, registry.kind)
        while not reader.done:
            reader.feed(run(reader.statement()))
        page = reader.page()
    """

    def __init__(self, layer: Layer, query: ItemsQuery, kind: str, index: BoxIndex | None = None) -> None:
        self.layer = layer
        self.query = query
        self.kind = kind
        self.done = False
        self.outdated = False
        self._index = index if query.bbox is not None and is_plain(layer, query) else None
        self._chosen: list[int] | None = None
        self._ordering = ordering_of(layer, query)
        # One more than the page, to know if another follows; a few for those the index found wrongly
        self._wanted = query.limit + (1 if query.bbox is None else 1 + SPARE + query.limit // 50)
        self._after = query.after
        self._rows: list[Row] = []
        self._shapes: list[Shapes] = []
        self._last: Statement | None = None

    @property
    def knows_rows(self) -> bool:
        """Whether the numbers of the rows are known before the database is asked."""
        return self._index is not None

    def statement(self) -> Statement:
        """Return the statement to run next."""
        self._chosen = self._choose()
        if self._chosen:
            self._last = chosen_statement(self.layer, self.query, self._chosen, self.kind)
        else:
            self._last = page_statement(self.layer, self.query, after=self._after, rows=self._wanted)
        return self._last

    def feed(self, rows: Sequence[Row]) -> None:
        """Take the rows of the statement; those the index found wrongly are dropped."""
        assert self._last is not None
        if self._chosen and not self._are_as_known(rows):
            self._index = None
            return
        self._take(rows)
        # Chosen rows may be there no more: how many came says nothing
        found = len(self._chosen) if self._chosen else len(rows)
        if found < self._wanted or len(self._rows) > self.query.limit:
            self.done = True
        else:
            self._after = str(self._chosen[-1]) if self._chosen else self._ordering.cursor(rows[-1])

    def _take(self, rows: Sequence[Row]) -> None:
        kept = rows
        if self.query.geometry or self.query.bbox is not None:
            shapes = shown(self.layer, read_shapes([row[-1] for row in rows], self.kind))
            if self.query.bbox is not None:
                touched = shapes.touching(self.query.bbox)
                if not touched.all():
                    kept = [row for row, keep in zip(rows, touched, strict=True) if keep]
                    shapes = shapes.chosen(touched)
            self._shapes.append(shapes)
        self._rows.extend(kept)

    def _choose(self) -> list[int] | None:
        """Return the rows to read, when an index says."""
        if self._index is None:
            return None
        assert self.query.bbox is not None
        after = None if self._after is None else self._ordering.read(self._after)[0]
        return self._index.find(box_sides(self.layer, self.query.bbox), after=after, most=self._wanted)

    def _are_as_known(self, rows: Sequence[Row]) -> bool:
        """Tell whether rows came from the table as the index knows it."""
        assert self._index is not None
        stamp = self._index.stamp
        self.outdated = bool(rows) and rows[0][STAMP] != (stamp.live, stamp.history or None)
        return bool(rows) and not self.outdated

    def page(self) -> Page:
        """Return what was read."""
        assert self._last is not None
        limit = self.query.limit
        rows = self._rows[:limit]
        shapes = joined(self._shapes).chosen(slice(limit)) if self.query.geometry else None
        features = features_as_json(self.layer, self.query, self._last, rows, shapes)
        more = len(self._rows) > limit
        return Page(features, len(rows), self._ordering.cursor(rows[-1]) if more else None)
