"""What the resolver keeps in memory of the registry as it is now: answering from it waits for nothing."""

from __future__ import annotations

import time

from gis.models import DATASETS
from gis.registry import Registry
from layers.extents import dataset_extent
from responsibility.current import LATELY_S
from responsibility.model import Question, Resolution
from responsibility.resolver import Resolver

_ANYWHERE = (105.0, 35.0)


def at_once(resolver: Resolver, question: Question, *, looked: bool = False) -> Resolution | None:
    """Answer a question from what is in memory, without asking the database for anything.

    Parameters
    ----------
    resolver : Resolver
        Who has it in memory.
    question : Question
        About a place as it is now.
    looked : bool
        :func:`read_what_is_new` was called after the question was asked, however long it took.

    Returns
    -------
    Resolution or None
        None where what is in memory is not enough, or has not been looked after lately.

    Raises
    ------
    UsageError
        The question cannot be understood.
    """
    checked, commits = resolver._editions._checked
    if looked:
        # A distant or busy database takes longer to look at than a look counts.
        checked = time.monotonic()
        resolver._editions._checked = checked, commits
    if commits != Registry.commits or time.monotonic() - checked >= LATELY_S:
        return None
    return resolver._resolved_quickly(question)


def read_what_is_new(resolver: Resolver) -> None:
    """Look whether there are new editions, and let the resolver read them when there are.

    Raises
    ------
    RegistryUnavailable
        The registry cannot be read.
    """
    history = resolver._editions.history()
    if history.latest in resolver._kept:
        return
    with resolver.registry.connect() as connection:
        bounds = dataset_extent(connection, DATASETS["grids"])
    west, south, east, north = bounds or (*_ANYWHERE, *_ANYWHERE)
    resolver.answers([Question(lon=(west + east) / 2, lat=(south + north) / 2)])
    resolver._editions.history()
