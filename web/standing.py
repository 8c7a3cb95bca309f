"""Single questions, answered in the event loop from what is kept in memory.

No thread is asked for an answer. What has to wait for the database is done once for all who wait for it:
looking whether the registry has new editions, which is done again when the last look is no longer recent, and
reading them. Until they are read no question is answered from the older ones. Questions that need more than
what is in memory (a component by its identifier, an address, a settlement nearby) go to a thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool

from gis.errors import WanggeError
from responsibility.model import Question, Resolution
from responsibility.resolver import Resolver
from web.shared import Shared

_log = logging.getLogger("wangge.web")


class Standing:
    """Answer single questions of many callers.

    Parameters
    ----------
    resolver : Resolver
        Who keeps the newest state of the registry.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._looks = Shared(resolver.read_what_is_new, "wangge-look")

    async def resolve(self, question: Question) -> Resolution:
        """Answer a question.

        Raises
        ------
        UsageError
            The question cannot be understood.
        NotFound
            The component or the address it is about is not there.
        RegistryUnavailable
            The registry cannot be read.
        """
        if question.lon is not None and question.as_of is None:
            answer = self._resolver.at_once(question)
            if answer is None:
                await self._looks.result()
                answer = self._resolver.at_once(question, looked=True)
            if answer is not None:
                return answer
        return await run_in_threadpool(self._resolver.resolve, question)

    @asynccontextmanager
    async def warming_up(self) -> AsyncIterator[None]:
        """Read what answers rest on meanwhile, so that the first person to ask does not wait for it."""
        reading = asyncio.create_task(self._warm_up())
        try:
            yield
        finally:
            await reading

    async def _warm_up(self) -> None:
        """Where reading fails, those who ask are told why."""
        try:
            await self._looks.result()
        except WanggeError as error:
            _log.warning("%s", error)
