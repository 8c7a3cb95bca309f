"""How many rasters are read at a time: what one answer takes is bounded, and so is what all take together."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import Semaphore

from gis.errors import UsageError, WanggeError
from gis.text import t

AT_ONCE, WAITING = "WANGGE_RASTER_READS", "WANGGE_RASTER_QUEUE"

#: An answer of the largest size takes some hundred MB while it is made, and GDAL keeps a core busy with it.
DEFAULT_AT_ONCE, DEFAULT_WAITING = 2, 16


class TooBusy(WanggeError):
    """As many rasters are read and waited for as there may be."""


class RasterTurns:
    """The turns of one application; its semaphore belongs to the event loop of its first request.

    Raises
    ------
    UsageError
        If ``WANGGE_RASTER_READS`` or ``WANGGE_RASTER_QUEUE`` is not a number it can be.
    """

    def __init__(self) -> None:
        self._at_once = _number(AT_ONCE, DEFAULT_AT_ONCE, least=1)
        self._most = _number(WAITING, DEFAULT_WAITING, least=0)
        self._semaphore: Semaphore | None = None

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it for the length of the block.

        Raises
        ------
        TooBusy
            If too many are waiting already.
        """
        if self._semaphore is None:
            self._semaphore = Semaphore(self._at_once)
        if self._semaphore.value == 0 and self._semaphore.statistics().tasks_waiting >= self._most:
            raise TooBusy(
                t("{count} answers with pixels are made or waited for", count=self._at_once + self._most),
                hint=t("Try again in a few seconds"),
            )
        async with self._semaphore:
            yield


def _number(variable: str, default: int, *, least: int) -> int:
    text = os.environ.get(variable, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and int(text) >= least):
        raise UsageError(
            t("{variable} cannot be {value}", variable=variable, value=repr(text[:50])),
            field=variable,
            value=text[:50],
            expected=f"{least} … 9999",
        )
    return int(text)
