"""Tell the class of every component of a delivery: from its identifier, a field, or the file's name."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from operator import eq
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from components.catalogue import Catalogue
from components.class_column import ClassColumn
from components.class_info import CLASS_DIGITS, ClassInfo, is_local_code, plain_name
from components.edition import decide_edition
from components.identifier_column import IdentifierColumn
from gis.combinations import alike, joint
from gis.compact_staging import CompactStaging, Rows
from gis.dates import compact
from gis.findings import Severity
from gis.layer import LAYER
from gis.text import t
from gis.texts import Coded, Texts

_CODE_IN_NAME = re.compile(r"(?:^|[^0-9])(?:\d{6})?(?P<code>(?:0[1-9]|21)\d{2,3})(?![0-9])(?P<name>[^0-9/]*)")
_DIGITS = re.compile(r"(?:\d{6})?(\d{4,5})", re.ASCII)


def classify(
    staging: CompactStaging, identifiers: IdentifierColumn, declared: str | None, catalogue: Catalogue
) -> tuple[str, ClassColumn]:
    """Decide the edition and the class of each row.

    A class is told by the digits of the identifier, else by the class field, else by a number in the name of
    the file or folder (``0101上水井盖.shp``), else by the name of the component or file, where it is that of
    one class. Rows whose class cannot be told are refused (C04).

    Parameters
    ----------
    staging : CompactStaging
        Components; ``class_code``, ``standard`` and missing names are filled in.
    identifiers : IdentifierColumn
        Theirs.
    declared : str or None
        Edition as a person declared it.
    catalogue : Catalogue
        The classes there are.

    Returns
    -------
    standard : str
        The edition.
    classes : ClassColumn
        Class of each row; None where the catalogue does not have it.
    """
    by_code = _codes(staging, identifiers)
    _, named = joint(by_code, staging.column("name"))
    pairs = {(code, plain_name(name)) for code, name in named if code and name}
    layers = staging.column(LAYER).distinct()
    pairs |= {pair for path in layers if (pair := class_in_path(path)) and pair[1]}
    every = {("component", *pair) for pair in pairs}
    standard, note = decide_edition(every, set(by_code.distinct()), declared, catalogue)
    staging.notes.append(note)
    stated, codes = staging.column("class_code"), _by_name(staging, by_code, catalogue, standard)
    staging.set("class_code", codes)
    staging.set("standard", Coded.constant(standard, len(staging)))
    infos = [_look_up(catalogue, standard, word) for word in codes.words]
    classes = ClassColumn(codes.codes, infos)
    _check_classes(staging, identifiers, standard, stated, catalogue)
    _check_names(staging, classes, catalogue)
    return standard, classes


def check_classes_in_force(staging: CompactStaging, classes: ClassColumn, today: date) -> None:
    """Report components of a city's own classes that are no longer in force (C04).

    Classes of a standard are not concerned: what was surveyed after an edition that has ended is brought
    over to the next.
    """

    def has_ended(info: ClassInfo) -> bool:
        return info.local and bool(info.valid_to) and str(info.valid_to) < compact(today)

    def tell(at: int) -> dict[str, Any]:
        info = classes[at]
        assert info is not None
        message = t("Class {code} {name} ended on {day}", code=info.code, name=info.name, day=info.valid_to)
        return {"message": message, "field": "class_code"}

    staging.flag_rows(np.flatnonzero(classes.test(has_ended)), "C04", Severity.WARNING, tell)


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


def _codes(staging: CompactStaging, identifiers: IdentifierColumn) -> Coded:
    """Return the class code of each row as far as digits tell it."""
    in_path = {path: class_in_path(path) for path in staging.column(LAYER).distinct()}
    in_files = staging.column(LAYER).map(lambda path: found[0] if (found := in_path[path]) else None)
    return identifiers.class_codes().filled(staging.column("class_code").map(_digits_of)).filled(in_files)


def _digits_of(stated: str) -> str | None:
    digits = _DIGITS.fullmatch(stated)
    return digits[1] if digits else None


def _by_name(staging: CompactStaging, codes: Coded, catalogue: Catalogue, standard: str) -> Coded:
    """Give rows without a code that of the only class that is called like the row or its file."""
    rows = np.flatnonzero(~codes.present())
    if not len(rows):
        return codes
    columns = (staging.column(name).take(rows) for name in ("class_code", "name", LAYER))
    which, names = joint(*columns)
    found = [_called(catalogue, standard, stated, name, path) for stated, name, path in names]
    return codes.put_rows(rows, Coded.spread(which, found))


def _called(
    catalogue: Catalogue, standard: str, stated: str | None, name: str | None, path: str | None
) -> str | None:
    stem = PurePosixPath(str(path).replace("\\", "/")).stem
    for text in (stated, name, stem):
        found = {info.minor_code for info in catalogue.called(standard, text)} if text else set()
        if len(found) == 1:
            return found.pop()
    return None


def _look_up(catalogue: Catalogue, standard: str, code: str | None) -> ClassInfo | None:
    return None if code is None else catalogue.info(standard, code)


def _check_classes(
    staging: CompactStaging,
    identifiers: IdentifierColumn,
    standard: str,
    stated: Texts,
    catalogue: Catalogue,
) -> None:
    """Report classes that cannot be told or are not in the catalogue (C04)."""
    codes = staging.column("class_code").coded()

    def tell(at: int) -> dict[str, Any]:
        return {
            "message": t("The class of {name} cannot be told", name=staging.name_of(at)),
            "field": "class_code",
            "value": stated[at],
            "expected": t("in the identifier, a class field, or the name of the file"),
            "hint": t("Name the file like 0101上水井盖.shp, or use --set class_code=0101"),
        }

    staging.flag_rows(np.flatnonzero(~codes.present()), "C04", Severity.ERROR, tell)
    # An identifier that has the form of another edition is a finding of its own (C01).
    malformed = identifiers.well_formed() & (identifiers.digits != 12 + CLASS_DIGITS[standard])
    for code in sorted(codes.distinct()):
        if _look_up(catalogue, standard, code) is None:
            rows = np.flatnonzero(codes.test(partial(eq, code)) & ~malformed)
            _flag_unknown(staging, rows, standard, code, catalogue)


def _flag_unknown(
    staging: CompactStaging, rows: Rows, standard: str, code: str, catalogue: Catalogue
) -> None:
    certain = len(code) != CLASS_DIGITS[standard] or (
        catalogue.complete(standard) and not is_local_code(standard, code)
    )
    told = {
        "message": t("Class {code} is not in the catalogue of {standard}", code=code, standard=standard),
        "field": "class_code",
        "expected": t("a class of the catalogue, or a local one")
        if certain
        else t("a local class, or one that the incomplete list lacks"),
    }
    staging.flag_rows(rows, "C04", Severity.ERROR if certain else Severity.INFO, lambda _: told)


def _check_names(staging: CompactStaging, classes: ClassColumn, catalogue: Catalogue) -> None:
    """Report names that are not the class's (C05); a missing name is that of the class."""
    names = staging.column("name").coded()
    which, first = alike((classes.codes, len(classes.infos)), (names.codes, len(names.words)))
    wrong = [
        (info := classes[at]) is not None
        and (name := names[at]) is not None
        and not catalogue.is_called(info, name)
        for at in first.tolist()
    ]

    def tell(at: int) -> dict[str, Any]:
        info = classes[at]
        assert info is not None
        return {
            "message": t("{name} is not the name of class {code}", name=names[at], code=info.code),
            "field": "name",
            "expected": info.name,
            "hint": t("Is the code wrong, or the name?"),
        }

    staging.flag_rows(np.flatnonzero(np.array(wrong, dtype=bool)[which]), "C05", Severity.WARNING, tell)
    derived = classes.test(lambda _: True) & ~names.present()
    if derived.any():
        words = [None if info is None else info.name for info in classes.infos]
        staging.set("name", names.filled(Coded.spread(classes.codes, words)))
        staging.notes.append(
            t("{n} components without a name are called like their class", n=int(derived.sum()))
        )
