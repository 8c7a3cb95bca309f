"""Find things by what a dispatcher types: codes by their beginning, names by any part or by pinyin.

Results are ranked by how well they match (the whole, the beginning, the beginning of a word, a part), then by
kind, then by how near they lie to the middle of the map, then by how short the name is. Wildcards of the
database in the text are taken literally. Codes and names of the past find what stands for them today.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Iterator

from gis.registry import Registry
from web.scope import EVERYTHING, SearchScope
from web.search_book import KeptBook
from web.search_database import hits_by_code, hits_by_name, hits_of_the_past
from web.search_names import SearchNames
from web.search_results import Locations, SearchResult, completed
from web.search_sources import Centre, Hit, Look

__all__ = ["DEFAULT_LIMIT", "MAX_LENGTH", "MAX_LIMIT", "SearchResult", "plain_query", "search"]

MAX_LIMIT = 50
DEFAULT_LIMIT = 10
MAX_LENGTH = 100

_SPARE = 20
"""Hits taken besides those wanted: some are of rows that newer editions changed."""

_MOST = 2_000


def search(
    registry: Registry,
    text: str,
    limit: int = DEFAULT_LIMIT,
    scope: SearchScope = EVERYTHING,
    *,
    centre: Centre | None = None,
    names: SearchNames | None = None,
) -> list[SearchResult]:
    """Search a registry.

    Parameters
    ----------
    registry : Registry
        Where to look.
    text : str
        A code or the beginning of one, a name or a part of one, its pinyin or the initials of that.
    limit : int
        Results wanted, 1 to 50.
    scope : SearchScope
        What whoever asks may find.
    centre : tuple of float, optional
        Longitude and latitude of the middle of the map, EPSG:4490.
    names : SearchNames, optional
        Names in memory. Without them, and while they are read, the database is asked, which finds nothing
        by pinyin.

    Returns
    -------
    list of SearchResult
        Best first; empty for a blank text.
    """
    wanted = plain_query(text)
    if not wanted:
        return []
    with registry.connect() as connection:
        look = Look(connection, wanted, limit, scope, centre)
        books = None if names is None else names.books(connection)
        known: Locations = {} if names is None else names.locations
        others = [*hits_by_code(look)]
        if names is None or books is None:
            return _completed(look, [*others, *hits_by_name(look)], known)
        others += names.classes(connection).hits(look)
        return _with_names(look, others, books, known)


def plain_query(text: str) -> str:
    """Return a query without differences of width and surrounding blanks, codes without inner ones."""
    printed = "".join(one for one in text if one.isspace() or unicodedata.category(one)[0] != "C")
    plain = " ".join(unicodedata.normalize("NFKC", printed).split())
    joined = plain.replace(" ", "")
    return joined if joined.isascii() and joined.isdigit() else plain


def _with_names(look: Look, others: list[Hit], books: list[KeptBook], known: Locations) -> list[SearchResult]:
    """Take more names until enough of them are of rows that still hold."""
    wanted = look.limit + _SPARE
    while True:
        named = [hit for book in books for hit in book.hits(look, wanted)]
        results = _completed(look, [*others, *named], known)
        if len(results) >= look.limit or len(named) < wanted or wanted >= _MOST:
            return results
        wanted = min(_MOST, wanted * 5)


def _completed(look: Look, hits: Iterable[Hit], known: Locations) -> list[SearchResult]:
    best = _best_of_each(hits)
    best += hits_of_the_past(look, {(hit.searched.dataset, hit.fid) for hit in best})
    results: list[SearchResult] = []
    for some in _batches(sorted(best, key=lambda hit: hit.order), look.limit):
        results += completed(look, some, known)
        if len(results) >= look.limit:
            break
    return results[: look.limit]


def _best_of_each(hits: Iterable[Hit]) -> list[Hit]:
    """Keep the better of two hits on one thing."""
    found: dict[tuple[str, int], Hit] = {}
    for hit in sorted(hits, key=lambda hit: hit.order):
        found.setdefault((hit.searched.dataset, hit.fid), hit)
    return list(found.values())


def _batches(hits: Iterable[Hit], size: int) -> Iterator[list[Hit]]:
    left = iter(hits)
    while some := list(itertools.islice(left, size)):
        yield some
