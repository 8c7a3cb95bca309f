"""What somebody would do without wangge: trigram search in PostgreSQL, its best ranked anew by rapidfuzz."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import psycopg
from _cluster import cluster
from rapidfuzz import fuzz, process

_SIMILAR = "SELECT id, address FROM addresses WHERE address % %s ORDER BY address <-> %s LIMIT 20".replace(
    "% %s", "%% %s"
)


class Trigrams:
    """Addresses in a table with a trigram index."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def similar(self, text: str) -> list[tuple[int, str]]:
        """Return rows and texts of the most similar addresses."""
        return self._connection.execute(_SIMILAR, (text, text)).fetchall()

    def search(self, text: str) -> list[int]:
        """Return the rows of the five addresses that rapidfuzz finds most like the text."""
        found = self.similar(text)
        best = process.extract(text, [address for _, address in found], scorer=fuzz.WRatio, limit=5)
        return [found[at][0] for _, _, at in best]


@contextmanager
def trigrams(addresses: pd.DataFrame) -> Iterator[Trigrams]:
    """Put addresses into a private database for the length of a measurement."""
    with cluster() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE TABLE addresses (id integer, address text)")
        with connection.cursor().copy("COPY addresses FROM STDIN") as copy:
            for row, text in enumerate(addresses["text"]):
                copy.write_row((row, text))
        connection.execute("CREATE INDEX ON addresses USING gist (address gist_trgm_ops)")
        connection.execute("ANALYZE addresses")
        yield Trigrams(connection)
