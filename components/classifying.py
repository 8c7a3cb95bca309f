"""Tell the class of every component of a delivery: from its identifier, a field, or the file's name."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from components.catalogue import Catalogue
from components.class_info import CLASS_DIGITS, ClassInfo, is_local_code, plain_name
from components.edition import decide_edition
from components.identifiers import parse_component_id
from gis.dates import compact
from gis.findings import Severity
from gis.layer import LAYER
from gis.staging import Staging
from gis.text import t

_CODE_IN_NAME = re.compile(r"(?:^|[^0-9])(?:\d{6})?(?P<code>(?:0[1-9]|21)\d{2,3})(?![0-9])(?P<name>[^0-9/]*)")
_DIGITS = re.compile(r"(?:\d{6})?(\d{4,5})", re.ASCII)

Infos = NDArray[np.object_]


def classify(staging: Staging, declared: str | None, catalogue: Catalogue) -> tuple[str, Infos]:
    """Decide the edition and the class of each row.

    A class is told by the digits of the identifier, else by the class field, else by a number in the name of
    the file or folder (``0101上水井盖.shp``), else by the name of the component or file, where it is that of
    one class. Rows whose class cannot be told are refused (C04).

    Parameters
    ----------
    staging : Staging
        Components; ``class_code``, ``standard`` and missing names are filled in.
    declared : str or None
        Edition as a person declared it.
    catalogue : Catalogue
        The classes there are.

    Returns
    -------
    standard : str
        The edition.
    infos : ndarray of ClassInfo or None
        Class of each row; None where the catalogue does not have it.
    """
    by_code = _codes(staging)
    names = staging.values("name")
    pairs = {(code, plain_name(name)) for code, name in zip(by_code, names, strict=True) if code and name}
    pairs |= {pair for path in set(staging.values(LAYER)) if (pair := class_in_path(path)) and pair[1]}
    codes = {code for code in by_code if code is not None}
    standard, note = decide_edition({("component", *pair) for pair in pairs}, codes, declared, catalogue)
    staging.notes.append(note)
    classes = [code or _by_name(catalogue, standard, staging, at) for at, code in enumerate(by_code)]
    stated = staging.values("class_code")
    staging.set("class_code", classes)
    staging.set("standard", [standard] * len(staging))
    infos = np.array([_look_up(catalogue, standard, code) for code in classes], dtype=object)
    _check_classes(staging, standard, infos, stated, catalogue)
    _check_names(staging, infos, catalogue)
    return standard, infos


def check_classes_in_force(staging: Staging, infos: Infos, today: date) -> None:
    """Report components of a city's own classes that are no longer in force (C04).

    Classes of a standard are not concerned: what was surveyed after an edition that has ended is brought
    over to the next.
    """
    ended = {
        info
        for info in set(infos)
        if info and info.local and info.valid_to and info.valid_to < compact(today)
    }
    for at in (at for at, info in enumerate(infos) if ended and info in ended):
        staging.flag(
            at,
            "C04",
            Severity.WARNING,
            t(
                "Class {code} {name} ended on {day}",
                code=infos[at].code,
                name=infos[at].name,
                day=infos[at].valid_to,
            ),
            field="class_code",
        )


def class_in_path(path: str) -> tuple[str, str] | None:
    """Read a class code and name out of the name of a file, or of the folder it lies in.

    Examples
    --------
    >>> class_in_path("census.zip/部件/01公用设施/0101上水井盖.shp")
    ('0101', '上水井盖')
    """
    parts = PurePosixPath(path.replace("\\", "/")).parts
    for part in reversed(parts[-2:]):
        match = _CODE_IN_NAME.search(PurePosixPath(part).stem)
        if match:
            return match["code"], plain_name(match["name"]).strip("-_ ")
    return None


def _codes(staging: Staging) -> list[str | None]:
    """Return the class code of each row as far as digits tell it."""
    in_path = {path: class_in_path(path) for path in set(staging.values(LAYER))}
    codes = []
    for identifier, stated, path in zip(
        staging.values("id"), staging.values("class_code"), staging.values(LAYER), strict=True
    ):
        parsed = parse_component_id(identifier) if identifier else None
        digits = _DIGITS.fullmatch(stated) if stated else None
        named = in_path[path]
        codes.append(parsed.class_code if parsed else digits[1] if digits else named[0] if named else None)
    return codes


def _by_name(catalogue: Catalogue, standard: str, staging: Staging, at: int) -> str | None:
    """Return the code of the only class that is called like the row or its file."""
    stem = PurePosixPath(staging.values(LAYER)[at].replace("\\", "/")).stem
    for name in (staging.values("class_code")[at], staging.values("name")[at], stem):
        found = {info.minor_code for info in catalogue.called(standard, name)} if name else set()
        if len(found) == 1:
            return found.pop()
    return None


def _look_up(catalogue: Catalogue, standard: str, code: str | None) -> ClassInfo | None:
    return None if code is None else catalogue.info(standard, code)


def _check_classes(
    staging: Staging, standard: str, infos: Infos, stated: NDArray[np.object_], catalogue: Catalogue
) -> None:
    """Report classes that cannot be told or are not in the catalogue (C04)."""
    for at, code in enumerate(staging.values("class_code")):
        if code is None:
            staging.flag(
                at,
                "C04",
                Severity.ERROR,
                t("The class of {name} cannot be told", name=staging.name_of(at)),
                field="class_code",
                value=stated[at],
                expected=t("in the identifier, a class field, or the name of the file"),
                hint=t("Name the file like 0101上水井盖.shp, or use --set class_code=0101"),
            )
        elif infos[at] is None and not _is_malformed(staging.values("id")[at], standard):
            _flag_unknown(staging, at, standard, code, catalogue)


def _is_malformed(identifier: str | None, standard: str) -> bool:
    """Tell whether an identifier has the form of another edition, which is a finding of its own (C01)."""
    parsed = parse_component_id(identifier) if identifier else None
    return parsed is not None and len(parsed.class_code) != CLASS_DIGITS[standard]


def _flag_unknown(staging: Staging, at: int, standard: str, code: str, catalogue: Catalogue) -> None:
    certain = len(code) != CLASS_DIGITS[standard] or (
        catalogue.complete(standard) and not is_local_code(standard, code)
    )
    staging.flag(
        at,
        "C04",
        Severity.ERROR if certain else Severity.INFO,
        t("Class {code} is not in the catalogue of {standard}", code=code, standard=standard),
        field="class_code",
        expected=t("a class of the catalogue, or a local one")
        if certain
        else t("a local class, or one that the incomplete list lacks"),
    )


def _check_names(staging: Staging, infos: Infos, catalogue: Catalogue) -> None:
    """Report names that are not the class's (C05); a missing name is that of the class."""
    names = staging.values("name").copy()
    derived = 0
    right = {
        (info, name)
        for info, name in set(zip(infos, names, strict=True))
        if info and name and catalogue.is_called(info, name)
    }
    for at, info in enumerate(infos):
        if names[at] is None and info is not None:
            names[at], derived = info.name, derived + 1
        elif info is not None and (info, names[at]) not in right:
            staging.flag(
                at,
                "C05",
                Severity.WARNING,
                t("{name} is not the name of class {code}", name=names[at], code=info.code),
                field="name",
                expected=info.name,
                hint=t("Is the code wrong, or the name?"),
            )
    staging.set("name", names)
    if derived:
        staging.notes.append(t("{n} components without a name are called like their class", n=derived))
