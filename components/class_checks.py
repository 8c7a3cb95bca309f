"""The rules by which cities extend the class tables.

2026 (draft): minors 080 to 999, assigned downward from 999, names that end in （自定义）, a thing that
fits no major under 其他. 2013 (practice of one city): downward from 99 within the standard's majors. 2007:
the major 21. In no edition may a code of the standard be given to something else.
"""

from __future__ import annotations

from collections import defaultdict

from components.catalogue import Catalogue
from components.class_info import CLASS_DIGITS, ClassInfo, is_local_code, plain_name
from gis.findings import Severity
from gis.staging import Staging
from gis.text import Text, t
from grids.numbering import positions_by

LOCAL_SUFFIX = "（自定义）"
_KEY = ("standard", "kind", "code")
_LOCAL_RANGES = {"2007": "2101–2199", "2013": "99, 98, 97 …", "2026": "080–999"}


def check_local_classes(staging: Staging, catalogue: Catalogue) -> None:
    """Check classes that were settled (C20 to C22); rows refused already are passed over.

    Parameters
    ----------
    staging : Staging
        Rows of the dataset ``classes`` with codes of the right form.
    catalogue : Catalogue
        The classes of the standard and of the registry.
    """
    _check_repeated(staging)
    delivered = _delivered(staging)
    majors: list[str | None] = []
    for at in range(len(staging)):
        stated = staging.values("major")[at]
        if not staging.refused[at]:
            standard, kind, code = _key(staging, at)
            if staging.values("parent_code")[at] is not None:
                _check_sub_class(staging, at, catalogue, delivered)
            else:
                _check_class(staging, at, catalogue)
            stated = stated or _major_name(catalogue, standard, kind, code)
        majors.append(stated)
    staging.set("major", majors)
    _check_order(staging, catalogue, delivered)


def _key(staging: Staging, at: int) -> tuple[str, str, str]:
    standard, kind, code = (staging.values(name)[at] for name in _KEY)
    return standard, kind, code


def _delivered(staging: Staging) -> set[tuple[str, str, str]]:
    return {_key(staging, at) for at in range(len(staging)) if not staging.refused[at]}


def _check_repeated(staging: Staging) -> None:
    keys = zip(*(staging.values(name) for name in _KEY), strict=True)
    for positions in positions_by(keys).values():
        for at in positions[1:]:
            staging.flag(
                at,
                "C20",
                Severity.ERROR,
                t(
                    "Class {code} is there in {where} already",
                    code=staging.name_of(at),
                    where=staging.where(positions[0]),
                ),
                field="code",
            )


def _check_sub_class(
    staging: Staging, at: int, catalogue: Catalogue, delivered: set[tuple[str, str, str]]
) -> None:
    """Refuse sub-classes of nothing, and those with the number of another class (C22)."""
    standard, kind, code = _key(staging, at)
    parent = staging.values("parent_code")[at]
    above = catalogue.info(standard, parent, kind)
    known = (standard, kind, parent) in delivered or (above is not None and above.parent_code is None)
    if not known or not code.startswith(parent):
        message: Text = (
            t("Sub-class {code} does not begin with the code of its class {parent}", code=code, parent=parent)
            if known
            else t("Sub-class {code} is of class {parent}, which is not there", code=code, parent=parent)
        )
        staging.flag(at, "C22", Severity.ERROR, message, field="parent_code", value=parent)


def _check_class(staging: Staging, at: int, catalogue: Catalogue) -> None:
    """Check a class of the city's own, or what a city adds to a class of the standard."""
    standard, kind, code = _key(staging, at)
    name = staging.values("name")[at]
    info = catalogue.info(standard, code, kind)
    if info is not None and not info.local:
        if not info.is_called(name):
            staging.flag(
                at,
                "C20",
                Severity.ERROR,
                t(
                    "Class {code} is {name} in the edition {standard}",
                    code=code,
                    name=info.name,
                    standard=standard,
                ),
                field="code",
                expected=_LOCAL_RANGES[standard],
                hint=t(
                    "Give the class a number of its own; only the standard's name may stand with its code"
                ),
            )
        return
    if not is_local_code(standard, code):
        _flag_outside(staging, at, catalogue)
    if standard == "2026" and not plain_name(name).endswith(plain_name(LOCAL_SUFFIX)):
        message = t("The name of a class of one's own ends in {suffix} (draft rule)", suffix=LOCAL_SUFFIX)
        staging.flag(at, "C21", Severity.WARNING, message, field="name", expected=name + LOCAL_SUFFIX)
    _check_major(staging, at, catalogue)


def _flag_outside(staging: Staging, at: int, catalogue: Catalogue) -> None:
    """Report a number that the edition keeps for its own classes; the complete list of 2026 is sure."""
    standard, kind, code = _key(staging, at)
    sure = standard == "2026" and catalogue.complete(standard, kind)
    staging.flag(
        at,
        "C21",
        Severity.ERROR if sure else Severity.WARNING,
        t(
            "{code} is not a number for classes of one's own in the edition {standard}",
            code=code,
            standard=standard,
        ),
        field="code",
        expected=_LOCAL_RANGES[standard],
        hint=None if sure else t("Is it a class of the standard that the incomplete list lacks?"),
    )


def _check_major(staging: Staging, at: int, catalogue: Catalogue) -> None:
    standard, kind, code = _key(staging, at)
    known = _majors(catalogue, standard, kind)
    if code[:2] not in known and not (standard == "2007" and code[:2] == "21"):
        staging.flag(
            at,
            "C21",
            Severity.WARNING,
            t("The edition {standard} has no major class {major}", standard=standard, major=code[:2]),
            field="code",
            expected=", ".join(f"{major} {name}" for major, name in known.items()),
            hint=t("What fits nowhere belongs under 其他"),
        )


def _major_name(catalogue: Catalogue, standard: str, kind: str, code: str) -> str | None:
    return _majors(catalogue, standard, kind).get(code[:2])


def _majors(catalogue: Catalogue, standard: str, kind: str) -> dict[str, str]:
    return {code[:2]: info.major for code, info in catalogue.classes(standard, kind).items()}


def _check_order(staging: Staging, catalogue: Catalogue, delivered: set[tuple[str, str, str]]) -> None:
    """Report numbers that are not the next below those in use (C21)."""
    used: dict[tuple[str, str], set[str]] = defaultdict(set)
    for standard, kind, code in delivered:
        used[standard, kind].add(code)
    for at in range(len(staging)):
        if staging.refused[at] or staging.values("parent_code")[at] is not None:
            continue
        standard, kind, code = _key(staging, at)
        info = catalogue.info(standard, code, kind)
        if standard == "2007" or (info is not None and not info.local) or not is_local_code(standard, code):
            continue
        above = _next_above(standard, code)
        if (
            above is not None
            and above not in used[standard, kind]
            and not _is_known(catalogue, standard, kind, above)
        ):
            staging.flag(
                at,
                "C21",
                Severity.WARNING,
                t("Class {code} was not assigned downward: {above} is free", code=code, above=above),
                field="code",
                expected=t("numbers assigned downward from {top}", top="9" * (CLASS_DIGITS[standard] - 2)),
            )


def _is_known(catalogue: Catalogue, standard: str, kind: str, code: str) -> bool:
    found: ClassInfo | None = catalogue.info(standard, code, kind)
    return found is not None


def _next_above(standard: str, code: str) -> str | None:
    """Return the number before which a class had to be taken, None for the topmost."""
    digits = CLASS_DIGITS[standard] - 2
    minor = int(code[2:]) + 1
    return None if minor >= 10**digits else f"{code[:2]}{minor:0{digits}d}"
