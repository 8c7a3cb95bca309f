"""Resolve (定责): a location or a component to grid, divisions, component and the unit that acts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from components.catalogue import Catalogue
from gis.crs import STORED
from gis.errors import NotFound, RegistryUnavailable, UsageError, WanggeError
from gis.registry import Registry
from gis.text import t
from responsibility.bulk import Bulk
from responsibility.components_near import Near
from responsibility.compose import Found
from responsibility.current import Editions, Look
from responsibility.frames import resolve_frame
from responsibility.locate import locate
from responsibility.memory import Memory
from responsibility.model import Basis, Kind, Question, Resolution
from responsibility.place_notes import place_notes
from responsibility.preparing import Asked, complete
from responsibility.proximity import Floats
from responsibility.settings import ResolveSettings, load_settings
from responsibility.shifted import perhaps_shifted
from responsibility.snapshot import History, Moment, Snapshot, line_names
from responsibility.whereabouts import Spot, is_on_earth, spots

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

# From this many questions on it pays to read all polygons once instead of those around the questions.
MANY = 1000
# From more than this many of one day on it pays to make ready for answering them singly.
_FEW = 20
_ATTEMPTS = 3

T = TypeVar("T")

Answer = Resolution | WanggeError


class Resolver:
    """Answer questions on one registry.

    Parameters
    ----------
    registry : Registry
        Where grids, components, organisations and rules are read from.
    settings : ResolveSettings, optional
        By default those of the configuration file, see :func:`responsibility.settings.load_settings`.
    preload : bool
        Read all polygons once and keep them until the registry has a new edition, as a server does. A
        single question without it reads what lies around it. The answers are the same.
    now : callable, optional
        The moment of asking; by default the clock. It becomes ``as_of`` and ``at`` of questions that
        leave them open.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        settings: ResolveSettings | None = None,
        preload: bool = False,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.registry = registry
        self.settings = settings or load_settings()
        self._preload = preload
        self._editions = Editions(registry, now or (lambda: datetime.now(UTC)))
        self._memory = Memory(registry, self.settings, self._editions)
        self._asked = 0

    def resolve(self, question: Question) -> Resolution:
        """Answer one question, see :meth:`resolve_many`."""
        return (
            self._from_memory(question, self._editions.lately(), make=True)
            or self.resolve_many([question])[0]
        )

    def resolve_many(self, questions: Sequence[Question]) -> list[Resolution]:
        """Answer questions.

        Parameters
        ----------
        questions : sequence of Question
            Asked at one moment; an answer does not depend on the others asked with it.

        Returns
        -------
        list of Resolution
            In the order of the questions.

        Raises
        ------
        UsageError
            A question cannot be understood; the first such one.
        NotFound
            The component or the address of a question is not there.
        """
        resolutions = []
        for position, answer in enumerate(self.answers(questions)):
            if isinstance(answer, WanggeError):
                raise _at(answer, position) if len(questions) > 1 else answer
            resolutions.append(answer)
        return resolutions

    def answers(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer questions; one that cannot be answered gives its error in place of an answer."""
        for _ in range(_ATTEMPTS):
            look = self._editions.look()
            answered = self._answers(questions, look)
            if self._editions.are_still(look.history.latest):
                return answered
        raise _changing()

    def resolve_frame(self, frame: pd.DataFrame, **options: Any) -> gpd.GeoDataFrame:
        """Answer every row of a frame, see :func:`responsibility.frames.resolve_frame`."""
        return resolve_frame(self, frame, **options)

    def bulk_answers(self, template: Question, ask: Callable[[Bulk, Basis], T]) -> T | None:
        """Answer very many rows asked at one moment, see :mod:`responsibility.bulk`.

        Parameters
        ----------
        template : Question
            Its ``as_of`` is the moment whose data is used.
        ask : callable
            Is given what answers, and what the answers rest on; it is called again when the registry
            has changed meanwhile.

        Returns
        -------
        What ``ask`` returned, or None where rows have to be answered one by one: there are no unit grids.
        """
        for _ in range(_ATTEMPTS):
            look = self._editions.look()
            asked = complete(template, look.present, self.settings, self.catalogue)
            moment = look.history.moment(asked.as_of)
            bulk = self._memory.bulk(moment, asked.as_of.toordinal())
            if bulk is None:
                return None
            found = ask(bulk, self._memory.basis(moment))
            if self._editions.are_still(look.history.latest):
                return found
        raise _changing()

    def at_once(self, question: Question, *, looked: bool = False) -> Resolution | None:
        """Answer a question about a place from what is in memory, without asking the database for anything.

        Parameters
        ----------
        question : Question
            As for :meth:`resolve`.
        looked : bool
            :meth:`read_what_is_new` was called after the question was asked, however long it took.

        Returns
        -------
        Resolution or None
            None where that is not enough, or not known to be new enough.

        Raises
        ------
        UsageError
            The question cannot be understood.
        """
        look = self._editions.known(however_old=looked)
        return None if look is None else self._from_memory(question, look, make=False)

    def read_what_is_new(self) -> None:
        """Look for new editions, and read what answers rest on when there are, see :meth:`at_once`.

        Raises
        ------
        RegistryUnavailable
            The registry cannot be read, or changes faster than that.
        """
        for _ in range(_ATTEMPTS):
            look = self._editions.look()
            moment = look.history.moment(look.present)
            if self._memory.holds(moment):
                self._memory.quick(moment, look.present.astimezone(self.settings.timezone).toordinal())
                return
            self._memory.whole(moment)
        raise _changing()

    def _from_memory(self, question: Question, look: Look, *, make: bool) -> Resolution | None:
        asked = complete(
            question,
            look.present,
            self.settings,
            lambda as_of: self._memory.catalogues.at(look.history.moment(as_of)),
        )
        if not _is_place(asked):
            return None
        moment = look.history.moment(asked.as_of)
        quick = self._memory.quick(moment, asked.as_of.toordinal(), make=make)
        return None if quick is None else quick.answer(asked)

    def moment_of_asking(self) -> datetime:
        """Return the present moment, not before the newest edition whatever the clock says."""
        return self._editions.look().present

    def catalogue(self, as_of: datetime) -> Catalogue:
        """Return the classes there were at a time."""
        return self._memory.catalogues.at(self._editions.look().history.moment(as_of))

    def line_names(self, as_of: datetime | None = None) -> list[str]:
        """Return the lines of business of the registry, as it is now or was at a time."""
        look = self._editions.look()
        return line_names(self.registry, look.history.moment(as_of or look.present))

    def _answers(self, questions: Sequence[Question], look: Look) -> list[Answer]:
        history = look.history
        self._asked += len(questions)
        answers: list[Answer | None] = [None] * len(questions)

        @cache
        def catalogue_at(as_of: datetime) -> Catalogue:
            return self._memory.catalogues.at(history.moment(as_of))

        groups: dict[Any, list[tuple[int, Asked]]] = {}
        for position, question in enumerate(questions):
            try:
                asked = complete(question, look.present, self.settings, catalogue_at)
            except WanggeError as error:
                answers[position] = error
                continue
            key = (history.moment(asked.as_of).editions, asked.as_of.toordinal())
            groups.setdefault(key, []).append((position, asked))
        for members in groups.values():
            for (position, _), answer in zip(members, self._group(members, history), strict=True):
                answers[position] = answer
        return [answer for answer in answers if answer is not None]

    def _group(self, members: Sequence[tuple[int, Asked]], history: History) -> list[Answer]:
        """Answer questions about one state of the registry and one day."""
        moment, day = history.moment(members[0][1].as_of), members[0][1].as_of.toordinal()
        if self._preload or self._asked > MANY:
            self._memory.whole(moment)
        quick = self._memory.quick(moment, day, make=len(members) > _FEW)
        asked = [one for _, one in members]
        answers: list[Answer | None] = [
            quick.answer(one, read=True) if quick is not None and _is_place(one) else None for one in asked
        ]
        rest = [one for one, answer in zip(asked, answers, strict=True) if answer is None]
        others = iter(self._generally(rest, moment, f"{asked[0].as_of:%Y%m%d}") if rest else ())
        return [next(others) if answer is None else answer for answer in answers]

    def _generally(self, asked: Sequence[Asked], moment: Moment, day: str) -> list[Answer]:
        where = spots(self.registry, moment, asked)
        known = [(one, spot) for one, spot in zip(asked, where, strict=True) if isinstance(spot, Spot)]
        resolutions = iter(self._resolutions(known, moment, day) if known else ())
        return [next(resolutions) if isinstance(spot, Spot) else spot for spot in where]

    def _resolutions(self, known: Sequence[tuple[Asked, Spot]], moment: Moment, day: str) -> list[Resolution]:
        lon = np.array([spot.lon for _, spot in known])
        lat = np.array([spot.lat for _, spot in known])
        accuracy = np.array([one.accuracy_m for one, _ in known])
        snapshot = self._memory.around(moment, lon, lat, accuracy)
        layers, asked = snapshot.layers(day), [one for one, _ in known]
        places = locate(lon, lat, accuracy, layers, snapshot.divisions, self.settings.snap_m)
        agreements = snapshot.boundaries_near(lon, lat, accuracy)
        components = _components(snapshot, known, lon, lat, accuracy)
        taken = [near[0].component.id if near else None for near in components]
        settled = snapshot.settled.near(lon, lat, accuracy, taken, day)
        perhaps = perhaps_shifted(asked, lon, lat, places, snapshot)
        notes = place_notes(asked, lon, lat, places, layers, self.settings.border_m)
        composer = self._memory.composer(snapshot, moment)
        parts = zip(known, places, agreements, components, settled, perhaps, notes, strict=True)
        return [composer.resolution(Found(one, spot.lon, spot.lat, *found)) for (one, spot), *found in parts]


def _is_place(asked: Asked) -> bool:
    """Tell whether a question is about a longitude and a latitude that somebody saw."""
    question = asked.question
    return question.crs == STORED and asked.default_place is None and is_on_earth(question.lon, question.lat)


def _components(
    snapshot: Snapshot, known: Sequence[tuple[Asked, Spot]], lon: Floats, lat: Floats, accuracy: Floats
) -> list[tuple[Near, ...]]:
    """Return the components meant: the one asked about, or those of the class within reach."""
    found: list[tuple[Near, ...]] = [
        (Near(spot.component, 0.0),) if spot.component else () for _, spot in known
    ]
    searched = [
        position
        for position, (one, spot) in enumerate(known)
        if one.choice is not None
        and one.question.kind is Kind.COMPONENT
        and spot.component is None
        # What stands at a default coordinate is not meant.
        and one.default_place is None
    ]
    choices = [choice for position in searched if (choice := known[position][0].choice) is not None]
    near = snapshot.components_near(choices, lon[searched], lat[searched], accuracy[searched])
    for position, components in zip(searched, near, strict=True):
        found[position] = components
    return found


def _changing() -> RegistryUnavailable:
    return RegistryUnavailable(
        t("The registry changes faster than it can be read"), hint=t("Try again after the import")
    )


def _at(error: WanggeError, position: int) -> WanggeError:
    """Say which of several questions an error is about, counted from 1."""
    message = t("Question {number}: {message}", number=position + 1, message=error.message)
    kind = type(error) if type(error) in (NotFound, UsageError) else UsageError
    return kind(message, field=error.field, value=error.value, expected=error.expected, hint=error.hint)
