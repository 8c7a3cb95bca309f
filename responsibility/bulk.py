"""Answer very many questions at once, as columns: what they share is looked up and decided once.

The answers are those of asking one by one. What is worked out for every point is where it lies; all the
rest is a number of something that many points share, and becomes a column of codes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from responsibility.bulk_deciding import Decisions, Nearest, Points
from responsibility.bulk_ground import STATUSES, AgreedAt, Ground, Located, Looks
from responsibility.bulk_variants import Variant, answer_ids
from responsibility.components_near import ComponentIndex
from responsibility.compose import Composer
from responsibility.flatten import SEPARATOR
from responsibility.model import Kind
from responsibility.numbering import coded, distinct, joined
from responsibility.preparing import Asked
from responsibility.proximity import Floats, Rows
from responsibility.settled_book import SettledNear
from responsibility.snapshot import Snapshot, division_named

# Points that one core looks up at a time: enough that each class of 250 has some hundreds of them.
_PART = 1 << 16
# Points that are decided together.
_BLOCK = 1 << 20

Column: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Asking:
    """Rows to answer.

    Attributes
    ----------
    x, y : ndarray of float, shape (n,)
        Coordinates as they were given.
    lon, lat : ndarray of float, shape (n,)
        The same in EPSG:4490.
    kinds : sequence of Variant
        The different questions; each has been understood.
    which : ndarray of int64, shape (n,)
        Which of them each row asks.
    """

    x: Floats
    y: Floats
    lon: Floats
    lat: Floats
    kinds: Sequence[Variant]
    which: Rows

    def take(self, rows: Any) -> Asking:
        """Return some of the rows."""
        return Asking(
            self.x[rows], self.y[rows], self.lon[rows], self.lat[rows], self.kinds, self.which[rows]
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was found for some points, each for itself."""

    located: Located
    agreed: AgreedAt
    nearest: Nearest
    ids: NDArray[np.bytes_]


class Bulk:
    """Answer rows on one snapshot and day; what was decided is kept for the next ones.

    Parameters
    ----------
    snapshot : Snapshot
        All data of the registry.
    composer : Composer
        Decides.
    day : str
        Written YYYYMMDD.
    snap_m : float
        A point in a gap takes what is nearest within this distance.
    """

    def __init__(self, snapshot: Snapshot, composer: Composer, day: str, snap_m: float) -> None:
        self._snapshot, self._day = snapshot, day
        self._ground = Ground(snapshot, day, snap_m)
        self._composer = composer
        self._kinds: Sequence[Variant] = ()
        self._decisions = Decisions(self._ground, composer)
        self._busy = threading.Lock()

    def columns(self, asking: Asking, lines: Sequence[str]) -> dict[str, list[Column]]:
        """Answer rows.

        Parameters
        ----------
        asking : Asking
            The rows.
        lines : sequence of str
            Lines of business that get columns.

        Returns
        -------
        dict of str to list of pyarrow.Array
            The columns of :func:`responsibility.flatten.columns_for` in parts: texts, or texts by codes.
        """
        with self._busy:
            return self._columns(asking, lines)

    def _columns(self, asking: Asking, lines: Sequence[str]) -> dict[str, list[Column]]:
        if asking.kinds != self._kinds:
            self._kinds, self._decisions = asking.kinds, Decisions(self._ground, self._composer)
        columns: dict[str, list[Column]] = {}
        for start in range(0, len(asking.x), _BLOCK):
            for name, column in self._block(asking.take(slice(start, start + _BLOCK)), lines).items():
                columns.setdefault(name, []).append(column)
        return columns

    def _looked(self, asking: Asking) -> Iterator[_Seen]:
        """Look at all layers part by part, on all cores, and number what was seen in the order of parts."""
        indexes = [self._index(kind.asked) for kind in asking.kinds]
        parts = [asking.take(slice(start, start + _PART)) for start in range(0, len(asking.x), _PART)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            seen = pool.map(lambda part: self._look(part, indexes), parts)
            for part, (looks, nearest, ids) in zip(parts, seen, strict=True):
                yield _Seen(self._ground.located(looks, _accuracies(part)), looks.agreed, nearest, ids)

    def _look(
        self, part: Asking, indexes: list[ComponentIndex | None]
    ) -> tuple[Looks, Nearest, NDArray[np.bytes_]]:
        accuracy = _accuracies(part)
        ids = answer_ids(part.kinds, part.which, part.x, part.y)
        return self._ground.look(part.lon, part.lat, accuracy), _nearest(part, indexes, accuracy), ids

    def _index(self, asked: Asked | None) -> ComponentIndex | None:
        if asked is None or asked.choice is None or asked.question.kind is not Kind.COMPONENT:
            return None
        return self._snapshot.component_index(asked.choice)

    def _block(self, block: Asking, lines: Sequence[str]) -> dict[str, Column]:
        seen = list(self._looked(block))
        located = joined([part.located for part in seen])
        nearest = joined([part.nearest for part in seen])
        agreed = {
            number * _PART + point: found
            for number, part in enumerate(seen)
            for point, found in part.agreed.items()
        }
        taken = _identifiers(block, nearest)
        settled = self._settled(block, taken)
        asked = [kind.asked for kind in block.kinds]
        points = Points(block.lon, block.lat, block.which, asked, located, agreed, nearest, settled)
        decided = self._decisions.decide(points)
        return {
            "answer_id": _fixed(np.concatenate([part.ids for part in seen])),
            "unit_grid": coded(located.grid, [grid.code for grid in self._ground.grids.records]),
            "unit_grid_edge_m": _floats(located.edges_m),
            **self._divisions(located.divisions),
            "component": pa.array(taken, pa.string()),
            "component_m": _floats(nearest.metres),
            "location_status": coded(located.status, [str(status) for status in STATUSES]),
            "differs_within_accuracy": self._differs(located.differs, decided),
            **{name: values.column(decided) for name, values in self._decisions.columns.items()},
            **{name: column for line in lines for name, column in self._line(line, located).items()},
        }

    def _divisions(self, numbers: Rows) -> dict[str, Column]:
        columns = {}
        for place, level in enumerate(("county", "street", "community")):
            codes = [codes[place] for codes in self._ground.divisions]
            names = [division_named(self._snapshot.divisions, code) for code in codes]
            columns[level] = coded(numbers, codes)
            columns[f"{level}_name"] = coded(numbers, names)
        return columns

    def _differs(self, differs: Rows, decided: Rows) -> Column:
        acting = np.array(self._decisions.acting_differs, dtype=np.int64)[decided]
        which, first = distinct([differs, acting])
        texts = [
            SEPARATOR.join((*self._ground.names_of(bits), *(("acting",) if other else ()))) or None
            for bits, other in zip(differs[first].tolist(), acting[first].tolist(), strict=True)
        ]
        return coded(which, texts)

    def _settled(self, block: Asking, taken: NDArray[np.object_]) -> list[SettledNear]:
        book = self._snapshot.settled
        if book.is_empty:
            return []
        return book.near(block.lon, block.lat, _accuracies(block), taken.tolist(), self._day)

    def _line(self, line: str, located: Located) -> dict[str, Column]:
        """Return the columns of a line of business: the polygons of all layers of its name."""
        ground = self._ground
        of_lines = [at for at, name in enumerate(ground.line_of) if name == line]
        of_areas = [at for at, name in enumerate(ground.area_line_of) if name == line]
        numbers = [*(located.lines[at] for at in of_lines), *(located.areas[at] for at in of_areas)]
        if not numbers:
            nothing = pa.nulls(len(located.grid), pa.string())
            return {f"line:{line}": nothing, f"line:{line}_name": nothing}
        which, first = distinct(numbers)
        found = []
        for members in zip(*(column[first].tolist() for column in numbers), strict=True):
            own = list(zip(of_lines, members, strict=False))
            contracts = zip(of_areas, members[len(of_lines) :], strict=True)
            refs = [
                ground.lines[at].records[row]
                for at, number in own
                for row in ground.line_sets[at].members[number]
            ]
            areas = [
                ground.areas[at].records[row].ref
                for at, number in contracts
                for row in ground.area_sets[at][0].members[number]
            ]
            by_code = [*sorted(refs, key=lambda ref: ref.code), *sorted(areas, key=lambda ref: ref.code)]
            found.append(by_code)
        codes = [SEPARATOR.join(ref.code for ref in refs) or None for refs in found]
        names = [SEPARATOR.join(ref.name or "" for ref in refs) or None for refs in found]
        return {f"line:{line}": coded(which, codes), f"line:{line}_name": coded(which, names)}


def _accuracies(part: Asking) -> Floats:
    by_kind = [kind.asked.accuracy_m if kind.asked else np.nan for kind in part.kinds]
    return np.array(by_kind, dtype=np.float64)[part.which]


def _nearest(part: Asking, indexes: list[ComponentIndex | None], accuracy: Floats) -> Nearest:
    """Find the component taken at each point, all of one variant at once."""
    places, metres = np.full(len(part.x), -1, dtype=np.int64), np.full(len(part.x), np.nan)
    alike = places.copy()
    order = np.argsort(part.which, kind="stable")
    begins = np.searchsorted(part.which[order], np.arange(len(indexes) + 1))
    for kind, index in enumerate(indexes):
        rows = order[begins[kind] : begins[kind + 1]]
        if index is None or not len(rows):
            continue
        found, distances = index.first(part.lon[rows], part.lat[rows], accuracy[rows])
        places[rows], metres[rows] = found, distances
        there = found >= 0
        alike[rows[there]] = index.alike[found[there]]
    return Nearest(indexes, places, metres, alike)


def _identifiers(part: Asking, nearest: Nearest) -> NDArray[np.object_]:
    """Return the identifier of the component taken at each point, None for none."""
    identifiers: NDArray[np.object_] = np.full(len(part.x), None, dtype=object)
    rows = np.flatnonzero(nearest.places >= 0)
    rows = rows[np.argsort(part.which[rows], kind="stable")]
    begins = np.searchsorted(part.which[rows], np.arange(len(nearest.indexes) + 1))
    for kind, index in enumerate(nearest.indexes):
        of_kind = rows[begins[kind] : begins[kind + 1]]
        if index is not None and len(of_kind):
            identifiers[of_kind] = index.ids[nearest.places[of_kind]]
    return identifiers


def _floats(values: Floats) -> Column:
    return pa.array(values, mask=np.isnan(values))


def _fixed(texts: NDArray[np.bytes_]) -> Column:
    """Make a column of texts that are all of one length."""
    width = texts.dtype.itemsize
    offsets = np.arange(len(texts) + 1, dtype=np.int32) * width
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(texts))]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers)
