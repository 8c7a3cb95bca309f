"""Decide which edition of the class catalogue a delivery follows.

The length of a code tells 2026 (five digits) from 2007 and 2013 (four), and not these two apart: of 46
codes known in both, 27 mean different things. So codes and class names are compared with each edition's
list; the edition with which more of them agree is taken, shown with the evidence, and asked for on a tie.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce

from components.catalogue import SHIPPED, Catalogue
from components.class_info import CLASS_DIGITS, STANDARDS
from gis.errors import UsageError
from gis.text import Text, t


@dataclass(frozen=True, slots=True)
class Evidence:
    """How the classes of a delivery agree with one edition.

    Attributes
    ----------
    standard : str
        The edition.
    agreeing : int
        Classes whose name in the delivery is that of their code.
    contradicting : int
        Classes whose name is that of another code, or whose code has another name.
    """

    standard: str
    agreeing: int
    contradicting: int

    @property
    def weight(self) -> int:
        """Agreement less contradiction."""
        return self.agreeing - self.contradicting


def weigh(classes: Collection[tuple[str, str, str]], catalogue: Catalogue = SHIPPED) -> list[Evidence]:
    """Compare classes with every edition whose codes have their length.

    Parameters
    ----------
    classes : collection of (str, str, str)
        Kind (``component`` or ``matter``), class code (four or five digits), and the class name used
        with it.
    catalogue : Catalogue
        What the editions' lists say.

    Returns
    -------
    list of Evidence
        The best first; editions whose codes have another length are left out.
    """
    evidence = []
    for standard in STANDARDS:
        of_length = [one for one in classes if len(one[1]) == CLASS_DIGITS[standard]]
        if of_length:
            verdicts = [_verdict(catalogue, standard, *one) for one in of_length]
            evidence.append(Evidence(standard, verdicts.count(1), verdicts.count(-1)))
    return sorted(evidence, key=lambda one: -one.weight)


def _verdict(catalogue: Catalogue, standard: str, kind: str, code: str, name: str) -> int:
    """Return 1 when code and name agree, -1 when the catalogue knows either otherwise, else 0."""
    info = catalogue.info(standard, code, kind)
    if info is not None and catalogue.is_called(info, name):
        return 1
    return -1 if catalogue.called(standard, name, kind) else 0


def decide_edition(
    classes: Collection[tuple[str, str, str]],
    codes: Collection[str],
    declared: str | None,
    catalogue: Catalogue = SHIPPED,
) -> tuple[str, Text]:
    """Decide the edition of a delivery.

    Parameters
    ----------
    classes : collection of (str, str, str)
        Kinds and codes of classes with the names used for them, each once.
    codes : collection of str
        All class codes, those without a name too.
    declared : str or None
        What a person said (``--standard``); it is taken as it is.
    catalogue : Catalogue
        What the editions' lists say.

    Returns
    -------
    standard : str
        The edition.
    note : Text
        The evidence, for people.

    Raises
    ------
    UsageError
        Two editions agree equally well, or nothing in the delivery tells.
    """
    evidence = weigh(classes, catalogue)
    shown = _describe(evidence)
    if declared is not None:
        return declared, t("Edition {standard} as declared ({evidence})", standard=declared, evidence=shown)
    possible = [standard for standard in STANDARDS if any(len(c) == CLASS_DIGITS[standard] for c in codes)]
    if possible == ["2026"]:
        return "2026", t("Edition 2026: class codes have five digits ({evidence})", evidence=shown)
    best = [one for one in evidence if one.weight == evidence[0].weight]
    if len(best) != 1 or best[0].weight <= 0:
        raise UsageError(
            t("The edition of the class codes cannot be told ({evidence})", evidence=shown),
            field="--standard",
            expected=", ".join(possible or STANDARDS),
            hint=t("Say it with --standard"),
        )
    return best[0].standard, t("Edition {standard}: {evidence}", standard=best[0].standard, evidence=shown)


def _describe(evidence: list[Evidence]) -> Text:
    """Put the evidence into words, one edition after another."""
    if not evidence:
        return t("no class with a code and a name")
    described = [
        t(
            "{standard}: {agreeing} classes agree by code and name, {contradicting} do not",
            standard=one.standard,
            agreeing=one.agreeing,
            contradicting=one.contradicting,
        )
        for one in evidence
    ]
    return reduce(lambda first, second: t("{first}; {second}", first=first, second=second), described)
