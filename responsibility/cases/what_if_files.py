"""Write what would change as CSV and JSON while it is found, and as a page at the end."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

import orjson

from gis.reports import safe_cell
from gis.text import t
from responsibility.cases.tables import check_paths, page, paragraph, section, whole
from responsibility.cases.what_if import Difference, Fate, WhatIf, ordered
from responsibility.cases.words import DIFFERENT, decision_word, unit_word

_FATE = ("code", "name", "decision", "reason_code", "ref", "reason", "limits")
COLUMNS = (
    "case", "lon", "lat", "class", "street", "street_name", "different",
    *(f"from_{name}" for name in _FATE),
    *(f"to_{name}" for name in _FATE),
    "acted", "acted_name", "outcome",
)  # fmt: skip


class WhatIfFiles:
    """Files of one trial: give every difference to :meth:`add`, the totals to :meth:`finish`.

    Parameters
    ----------
    targets : sequence of (pathlib.Path, file)
        Final name and open part of each file.
    """

    def __init__(self, targets: Sequence[tuple[Path, TextIO]]) -> None:
        self._csv = [csv.writer(file) for path, file in targets if path.suffix.lower() == ".csv"]
        self._json = [file for path, file in targets if path.suffix.lower() == ".json"]
        self._html = [file for path, file in targets if path.suffix.lower() == ".html"]
        self._first = True
        for writer in self._csv:
            writer.writerow(COLUMNS)
        for file in self._json:
            file.write('{"differences":[')

    def add(self, difference: Difference) -> None:
        """Write a difference."""
        for writer in self._csv:
            writer.writerow([safe_cell(value) for value in _row(difference)])
        for file in self._json:
            file.write(("" if self._first else ",\n") + orjson.dumps(difference.to_dict()).decode())
        self._first = False

    def finish(self, found: WhatIf) -> None:
        """Write the totals."""
        for file in self._json:
            file.write("],\n" + orjson.dumps(found.to_dict()).decode()[1:])
        for file in self._html:
            file.write(what_if_page(found))


@contextmanager
def what_if_files(paths: Sequence[Path]) -> Iterator[WhatIfFiles]:
    """Open files for a trial; they take their names when the block ends well.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        ``.csv`` (UTF-8 with BOM), ``.json``, ``.html``.

    Raises
    ------
    UsageError
        A file cannot be written so.
    """
    check_paths(paths)
    with ExitStack() as stack:
        targets = []
        for path in paths:
            part = stack.enter_context(whole(path))
            encoding = "utf-8-sig" if path.suffix.lower() == ".csv" else "utf-8"
            targets.append((path, stack.enter_context(part.open("w", encoding=encoding, newline=""))))
        yield WhatIfFiles(targets)


def what_if_lines(found: WhatIf) -> list[str]:
    """Tell the totals in a few lines."""
    lines = [
        str(
            t(
                "{cases} past cases: {units} would go to another unit; {others} would differ otherwise;"
                " {none} have no answer",
                cases=found.cases,
                units=found.different["unit"],
                others=sum(found.different.values()) - found.different["unit"],
                none=found.not_answered,
            )
        )
    ]
    if found.known:
        lines.append(
            str(
                t(
                    "Of {known} cases whose acting unit is on record, {before} go there now and {after}"
                    " would: {gained} gained, {lost} lost",
                    known=found.known,
                    before=found.right_before,
                    after=found.right_after,
                    gained=found.gained,
                    lost=found.lost,
                )
            )
        )
    return lines


def transfer_rows(found: WhatIf) -> list[tuple[str, str, int]]:
    """Return from whom to whom how many cases would go, the most first."""
    return [
        (unit_word(*before), unit_word(*after), count) for (before, after), count in ordered(found.transfers)
    ]


def what_if_page(found: WhatIf) -> str:
    """Write the page: totals, transfers, classes, streets, the first differences."""
    shown = len(found.differences)
    every = sum(found.different.values())
    parts: list[str] = [paragraph(line) for line in what_if_lines(found)]
    words = [(DIFFERENT[name], count) for name, count in ordered(found.different)]
    parts += [
        section(t("What differs"), (t("difference"), t("cases")), words),
        section(t("From whom to whom"), (t("from"), t("to"), t("cases")), transfer_rows(found)),
        section(t("By class"), (t("class"), t("cases")), _counted(found.classes)),
        section(t("By street"), (t("street"), t("cases")), _counted(found.streets)),
        section(
            t("Cases"),
            (t("case"), t("class"), t("street"), t("difference"), t("from"), t("why"), t("to"), t("why"),
             t("time limit"), t("acted")),
            map(_shown, found.differences),
        ),
    ]  # fmt: skip
    if every > shown:
        parts.append(
            paragraph(t("The first {shown} of {all}; the CSV and JSON have them all", shown=shown, all=every))
        )
    return page(t("What would change"), (part for part in parts if part))


def _counted(counts: Any) -> list[tuple[str, int]]:
    return [(key or "–", count) for key, count in ordered(counts)]


def _shown(one: Difference) -> tuple[object, ...]:
    limits = [fate.limits or "–" for fate in (one.before, one.after)]
    return (
        one.case,
        one.class_code,
        one.street_name or one.street,
        DIFFERENT[one.different],
        _told(one.before),
        one.before.reason,
        _told(one.after),
        one.after.reason,
        " → ".join(limits) if limits[0] != limits[1] else "",
        unit_word(one.acted.code, one.acted.name) if one.acted else "",
    )


def _told(fate: Fate) -> str:
    return f"{unit_word(*fate.unit)} ({decision_word(fate.decision)})"


def _row(one: Difference) -> list[object]:
    acted = (one.acted.code, one.acted.name) if one.acted else (None, None)
    place = (one.case, one.lon, one.lat, one.class_code, one.street, one.street_name, str(one.different))
    return [*place, *_columns(one.before), *_columns(one.after), *acted, one.outcome]


def _columns(fate: Fate) -> list[object]:
    return [getattr(fate, name) for name in _FATE]
