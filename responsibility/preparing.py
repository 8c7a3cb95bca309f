"""Fill in what a question leaves open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from components.catalogue import Catalogue
from gis.errors import UsageError
from gis.text import t
from responsibility.classes import ClassChoice, choose_classes
from responsibility.default_places import DefaultPlace, default_place_at
from responsibility.model import Question
from responsibility.settings import ResolveSettings


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with every default filled in.

    Attributes
    ----------
    question : Question
        Nothing that takes part in the answer is left open.
    choice : ClassChoice or None
        The classes it is about.
    as_of, at : datetime.datetime
        In the city's time zone, to the millisecond.
    accuracy_m : float
        How exact the position is, in metres; at a default coordinate no better than that says.
    default_place : DefaultPlace or None
        The default coordinate that the position is: nothing that stands there is meant.
    """

    question: Question
    choice: ClassChoice | None
    as_of: datetime
    at: datetime
    accuracy_m: float
    default_place: DefaultPlace | None = None


def complete(
    question: Question,
    now: datetime,
    settings: ResolveSettings,
    catalogue_at: Callable[[datetime], Catalogue],
) -> Asked:
    """Fill in the defaults of a question.

    Parameters
    ----------
    question : Question
        As it was asked.
    now : datetime.datetime
        The moment of asking.
    settings : ResolveSettings
        Defaults.
    catalogue_at : callable
        Returns the classes there were at a time.

    Raises
    ------
    UsageError
        The class is not known, or the accuracy is impossible.
    """
    accuracy = _accuracy(question, settings)
    default = _default_place(question, settings)
    if default is not None:
        accuracy = max(accuracy, default.accuracy_m)
    asked = _moment(now, settings)
    as_of = asked if question.as_of is None else _moment(question.as_of, settings)
    at = asked if question.at is None else _moment(question.at, settings)
    choice = _choice(question, settings, as_of, catalogue_at)
    filled = Question(
        # A number of a frame's column is one of numpy's.
        None if question.lon is None else float(question.lon),
        None if question.lat is None else float(question.lat),
        question.crs,
        question.source,
        float(accuracy),
        question.component_id,
        question.address,
        question.class_text,
        question.kind,
        choice.standard if choice else question.standard,
        question.rule,
        as_of,
        at,
    )
    return Asked(filled, choice, as_of, at, float(accuracy), default)


def _accuracy(question: Question, settings: ResolveSettings) -> float:
    accuracy = question.accuracy_m
    if accuracy is None:
        accuracy = settings.source_accuracy_m[question.source]
    if not 0 <= accuracy <= settings.max_accuracy_m:
        raise UsageError(
            t("The accuracy is {value} m", value=accuracy),
            field="accuracy",
            value=accuracy,
            expected=t("metres, from 0 to {most}", most=f"{settings.max_accuracy_m:g}"),
        )
    return accuracy


def _default_place(question: Question, settings: ResolveSettings) -> DefaultPlace | None:
    """Return the default coordinate that was given; one that an address leads to is none."""
    if question.lon is None or question.lat is None:
        return None
    return default_place_at(settings.default_places, question.lon, question.lat, question.crs)


def _choice(
    question: Question,
    settings: ResolveSettings,
    as_of: datetime,
    catalogue_at: Callable[[datetime], Catalogue],
) -> ClassChoice | None:
    if question.class_text is None:
        return None
    catalogue = catalogue_at(as_of)
    return choose_classes(question.class_text, question.standard, question.kind, settings.standard, catalogue)


def _moment(moment: datetime, settings: ResolveSettings) -> datetime:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=settings.timezone)
    local = moment if moment.tzinfo is settings.timezone else moment.astimezone(settings.timezone)
    return local.replace(microsecond=local.microsecond // 1000 * 1000)
