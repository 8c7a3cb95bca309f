"""Resolve (定责): a location or a component to grid, divisions, component and the unit that acts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from components.catalogue import Catalogue
from gis.crs import STORED
from gis.errors import NotFound, RegistryUnavailable, UsageError, WanggeError
from gis.registry import Registry
from gis.text import current_language, t
from responsibility.bulk import Bulk
from responsibility.bulk_ground import Ground
from responsibility.catalogues import Catalogues
from responsibility.components_near import Near
from responsibility.compose import Composer, Found
from responsibility.current import Editions, Look
from responsibility.frames import resolve_frame
from responsibility.locate import locate
from responsibility.model import Basis, Kind, Question, Resolution
from responsibility.place_notes import place_notes
from responsibility.preparing import Asked, complete
from responsibility.proximity import Floats, boxes_around
from responsibility.quick import Quick
from responsibility.settings import ResolveSettings, load_settings
from responsibility.shifted import perhaps_shifted
from responsibility.snapshot import Moment, Snapshot, line_names
from responsibility.whereabouts import Spot, is_on_earth, spots

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

# From this many questions on it pays to read all polygons once instead of those around the questions.
MANY = 1000
# From more than this many of one day on it pays to make ready for answering them singly.
_FEW = 20
_KEPT = 2
_ATTEMPTS = 3
_NOWHERE = np.empty(0, dtype=np.float64)

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
        self._kept: dict[tuple[tuple[str, int], ...], Snapshot] = {}
        self._lock = threading.Lock()
        self._bulk: tuple[tuple[Snapshot, str, str], Bulk] | None = None
        self._catalogues = Catalogues(registry)
        self._editions = Editions(registry, now or (lambda: datetime.now(UTC)))
        self._quick: Quick | None = None
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
            moment, day = look.history.moment(asked.as_of), f"{asked.as_of:%Y%m%d}"
            snapshot = self._snapshot(moment, _NOWHERE, _NOWHERE, _NOWHERE, whole=True)
            if not Ground.serves(snapshot, day):
                return None
            rests_on = self._basis(moment)
            found = ask(self._bulk_on(snapshot, day, rests_on), rests_on)
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
            if moment.editions in self._kept:
                self._make_quick(moment, look.present.astimezone(self.settings.timezone).toordinal())
                return
            self._snapshot(moment, _NOWHERE, _NOWHERE, _NOWHERE, whole=True)
        raise _changing()

    def _from_memory(self, question: Question, look: Look, *, make: bool) -> Resolution | None:
        asked = complete(
            question,
            look.present,
            self.settings,
            lambda as_of: self._catalogues.at(look.history.moment(as_of)),
        )
        quick = self._quick_on(look.history.moment(asked.as_of), asked, make=make)
        return None if quick is None else quick.answer(asked)

    def _quick_on(self, moment: Moment, asked: Asked, *, make: bool) -> Quick | None:
        """Return what answers a question quickly; None where nothing does, or it would have to be made."""
        question = asked.question
        on_earth = question.crs == STORED and is_on_earth(question.lon, question.lat)
        if not on_earth or asked.default_place is not None:
            return None
        quick, day = self._quick, asked.as_of.toordinal()
        if quick is not None and quick.day == day and quick.snapshot.moment.editions == moment.editions:
            return quick
        return self._make_quick(moment, day) if make else None

    def _make_quick(self, moment: Moment, day: int) -> Quick | None:
        """Make ready for single questions about a day if the data of the moment is in memory."""
        snapshot = self._kept.get(moment.editions)
        if snapshot is None:
            return None
        if self._quick is None or (self._quick.snapshot, self._quick.day) != (snapshot, day):
            composer = Composer(snapshot, self.settings, self._basis(moment))
            self._quick = Quick(snapshot, composer, day, self.settings.border_m)
        return self._quick

    def _bulk_on(self, snapshot: Snapshot, day: str, rests_on: Basis) -> Bulk:
        """Return what answers on a snapshot; it is kept for the language its reasons are in."""
        key = (snapshot, day, current_language())
        if self._bulk is None or self._bulk[0] != key:
            composer = Composer(snapshot, self.settings, rests_on)
            self._bulk = (key, Bulk(snapshot, composer, day, self.settings.snap_m))
        return self._bulk[1]

    def moment_of_asking(self) -> datetime:
        """Return the present moment, not before the newest edition whatever the clock says."""
        return self._editions.look().present

    def catalogue(self, as_of: datetime) -> Catalogue:
        """Return the classes there were at a time."""
        return self._catalogues.at(self._editions.look().history.moment(as_of))

    def line_names(self, as_of: datetime | None = None) -> list[str]:
        """Return the lines of business of the registry, as it is now or was at a time."""
        look = self._editions.look()
        return line_names(self.registry, look.history.moment(as_of or look.present))

    def _answers(self, questions: Sequence[Question], look: Look) -> list[Answer]:
        history = look.history
        self._asked += len(questions)
        many = self._preload or self._asked > MANY
        answers: list[Answer | None] = [None] * len(questions)

        @cache
        def catalogue_at(as_of: datetime) -> Catalogue:
            return self._catalogues.at(history.moment(as_of))

        groups: dict[tuple[Any, str], list[tuple[int, Asked]]] = {}
        for position, question in enumerate(questions):
            try:
                asked = complete(question, look.present, self.settings, catalogue_at)
            except WanggeError as error:
                answers[position] = error
                continue
            key = (history.moment(asked.as_of).editions, f"{asked.as_of:%Y%m%d}")
            groups.setdefault(key, []).append((position, asked))
        for (_, day), members in groups.items():
            moment = history.moment(members[0][1].as_of)
            if len(members) > _FEW and many:
                self._snapshot(moment, _NOWHERE, _NOWHERE, _NOWHERE, whole=True)
            if len(members) > _FEW:
                for position, asked in members:
                    quick = self._quick_on(moment, asked, make=True)
                    answers[position] = quick.answer(asked, read=True) if quick is not None else None
            rest = [(position, asked) for position, asked in members if answers[position] is None]
            found = self._group([asked for _, asked in rest], moment, day) if rest else []
            for (position, _), answer in zip(rest, found, strict=True):
                answers[position] = answer
        return [answer for answer in answers if answer is not None]

    def _group(self, asked: Sequence[Asked], moment: Moment, day: str) -> list[Answer]:
        """Answer questions about one state of the registry and one day."""
        where = spots(self.registry, moment, asked)
        known = [(one, spot) for one, spot in zip(asked, where, strict=True) if isinstance(spot, Spot)]
        resolutions = iter(self._resolutions(known, moment, day) if known else ())
        return [next(resolutions) if isinstance(spot, Spot) else spot for spot in where]

    def _resolutions(self, known: Sequence[tuple[Asked, Spot]], moment: Moment, day: str) -> list[Resolution]:
        lon = np.array([spot.lon for _, spot in known])
        lat = np.array([spot.lat for _, spot in known])
        accuracy = np.array([one.accuracy_m for one, _ in known])
        snapshot = self._snapshot(moment, lon, lat, accuracy)
        layers, asked = snapshot.layers(day), [one for one, _ in known]
        places = locate(lon, lat, accuracy, layers, snapshot.divisions, self.settings.snap_m)
        agreements = snapshot.boundaries_near(lon, lat, accuracy)
        components = _components(snapshot, known, lon, lat, accuracy)
        taken = [near[0].component.id if near else None for near in components]
        settled = snapshot.settled.near(lon, lat, accuracy, taken, day)
        perhaps = perhaps_shifted(asked, lon, lat, places, snapshot)
        notes = place_notes(asked, lon, lat, places, layers, self.settings.border_m)
        composer = Composer(snapshot, self.settings, self._basis(moment))
        parts = zip(known, places, agreements, components, settled, perhaps, notes, strict=True)
        return [composer.resolution(Found(one, spot.lon, spot.lat, *found)) for (one, spot), *found in parts]

    def _basis(self, moment: Moment) -> Basis:
        return Basis(moment.editions, self.settings.hash, _version())

    def _snapshot(
        self, moment: Moment, lon: Floats, lat: Floats, accuracy: Floats, *, whole: bool = False
    ) -> Snapshot:
        """Return the data of a moment: all of it when kept, else what lies around the points."""
        catalogue = self._catalogues.at(moment)
        whole = whole or self._preload or self._asked > MANY
        if not whole and moment.editions not in self._kept:
            reach = np.maximum(accuracy, self.settings.snap_m)
            west, south, east, north = boxes_around(lon, lat, reach)
            bounds = (float(west.min()), float(south.min()), float(east.max()), float(north.max()))
            return Snapshot(self.registry, moment, self.settings, catalogue, bounds)
        with self._lock:
            kept = self._kept.get(moment.editions)
            if kept is None:
                kept = Snapshot(self.registry, moment, self.settings, catalogue)
                # What holds now may have changed while it was read.
                if moment.read_at is not None or self._editions.are_still(moment.editions):
                    self._kept = {**dict(list(self._kept.items())[1 - _KEPT :]), moment.editions: kept}
            return kept


@cache
def _version() -> str:
    return version("wangge")


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
