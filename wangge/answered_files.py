"""Answer a file into another, in chunks: what geocoding it and naming its points have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

from responsibility.batch_sources import Chunk, Source
from responsibility.batch_targets import Target


class Answered(NamedTuple):
    """A chunk with its answers.

    ``status`` is one of each row; ``table`` has the columns of the target, ``points`` its shapes, None where
    a row has none.
    """

    status: pd.Series
    table: pa.Table
    points: Any


def answer_file(
    source: Source,
    target: Path,
    schema: pa.Schema,
    answer: Callable[[Chunk], Answered],
    progress: Callable[[int, int], None] | None,
) -> dict[str, int]:
    """Write the answers to all rows of a source; return how many rows there are of each status.

    Parameters
    ----------
    source : Source
        Opened.
    target : pathlib.Path
        Appears when it is whole.
    schema : pyarrow.Schema
        Of the target.
    answer : callable
        Answers a chunk.
    progress : callable or None
        Called with the rows done and the rows there are.
    """
    counts: dict[str, int] = {}
    done = 0
    with Target(target, schema) as writer:
        for chunk in source.chunks():
            answered = answer(chunk)
            for status, count in answered.status.value_counts().items():
                counts[str(status)] = counts.get(str(status), 0) + int(count)
            writer.write(answered.table, answered.points)
            done += len(answered.status)
            if progress is not None:
                progress(done, max(done, source.rows))
    return counts
