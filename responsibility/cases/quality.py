"""Quality figures of answers: what share was decided automatically, with alternatives, by fallback, not."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from gis.errors import UsageError
from gis.registry import Registry
from gis.reports import safe_cell
from gis.text import Text, t
from responsibility.batch_sources import open_source
from responsibility.cases.accuracy import rule_key
from responsibility.cases.asking import answered, answers_to, case_frames, cases_of
from responsibility.cases.tables import check_paths, page, section, whole
from responsibility.resolver import Resolver

AUTOMATIC, INVALID = "automatic", "invalid"
GROUPS: Mapping[str, str] = {
    "decided": AUTOMATIC,
    "joint": AUTOMATIC,
    "not_ours": AUTOMATIC,
    "decided_with_alternatives": "alternatives",
    "fallback": "fallback",
    "pending_ownership": "pending_ownership",
    "undecided": "undecided",
}
"""Decision to the group it is counted in; nobody has to look at those that are decided automatically."""

NAMES: Mapping[str, Text] = {
    AUTOMATIC: t("decided automatically"),
    "alternatives": t("decided, with alternatives"),
    "fallback": t("fallback"),
    "pending_ownership": t("pending ownership"),
    "undecided": t("undecided"),
    INVALID: t("not answered"),
}
WAYS: Mapping[str, Text] = {
    "classes": t("By class"),
    "streets": t("By street"),
    "units": t("By unit"),
    "rules": t("By rule"),
}
_COLUMNS = {"streets": "street", "units": "acting", "rules": "reason_code"}


@dataclass(slots=True)
class Quality:
    """Counts of answers by group, all of them and by class, street, unit and rule."""

    total: Counter[str] = field(default_factory=Counter)
    ways: dict[str, dict[str, Counter[str]]] = field(
        default_factory=lambda: {way: defaultdict(Counter) for way in WAYS}
    )

    def add(self, decision: str | None, keys: Mapping[str, str | None], count: int = 1) -> None:
        """Count answers; a row without a decision was not answered."""
        group = INVALID if decision is None else GROUPS[decision]
        self.total[group] += count
        for way, key in keys.items():
            self.ways[way][key or "-"][group] += count

    def to_dict(self) -> dict[str, Any]:
        """Return counts and shares as JSON types, the largest first."""
        return {
            "total": shares(self.total),
            **{
                way: [{"key": key} | shares(counts) for key, counts in largest(of)]
                for way, of in self.ways.items()
            },
        }


def shares(counts: Counter[str]) -> dict[str, Any]:
    """Return the number of answers, and of each group its number and share."""
    rows = counts.total()
    return {"answers": rows} | {
        name: {"count": counts[name], "share": round(counts[name] / rows, 4) if rows else None}
        for name in NAMES
    }


def largest(of: Mapping[str, Counter[str]]) -> list[tuple[str, Counter[str]]]:
    """Return groups of answers, the largest first."""
    return sorted(of.items(), key=lambda entry: (-entry[1].total(), entry[0]))


def quality_of_file(
    path: Path, *, class_column: str | None = None, progress: Callable[[int, int], None] | None = None
) -> Quality:
    """Count the answers in a file that a batch wrote, chunk by chunk.

    Parameters
    ----------
    path : pathlib.Path
        ``.csv``, ``.parquet``, ``.gpkg`` or ``.geojson`` with the columns of
        :data:`responsibility.flatten.COLUMNS`.
    class_column : str, optional
        Column of the class asked about; without one there are no figures by class.
    progress : callable, optional
        Called with the rows done and the rows there are.

    Raises
    ------
    UsageError
        The file is not there, or it is no file of answers.
    """
    source, found, done = open_source(path), Quality(), 0
    columns = dict(_COLUMNS) | ({"classes": class_column} if class_column else {})
    for name in ("decision", *columns.values()):
        if name not in source.schema.names:
            raise UsageError(
                t("There is no column {column}", column=name),
                field="FILE",
                value=str(path),
                expected=t("a file of answers that wangge resolve --in wrote"),
            )
    for chunk in source.chunks():
        _count(found, chunk.table, columns)
        done += chunk.table.num_rows
        if progress is not None:
            progress(done, max(done, source.rows))
    return found


def quality_of_cases(registry: Registry, *, progress: Callable[[int, int], None] | None = None) -> Quality:
    """Answer the past cases of a registry and count the answers, rules by their rows of the case table."""
    resolver, found = Resolver(registry, preload=True), Quality()
    moment = resolver.moment_of_asking()
    for frame in case_frames(registry):
        asked = cases_of(frame, moment)
        for case, answer in zip(asked, answers_to(resolver, asked), strict=True):
            code, known = case.question.class_text, answered(answer)
            if known is None:
                found.add(None, {"classes": code})
                continue
            reason, street, acting = known.main_reason, known.divisions.street, known.parties.acting
            question = known.question
            rule = rule_key(
                str(question.kind),
                question.standard,
                code,
                reason.code if reason else None,
                reason.ref if reason else None,
            )
            keys = {
                "classes": code,
                "streets": street.code if street else None,
                "units": acting.code or acting.name if acting else None,
                "rules": rule,
            }
            found.add(str(known.decision), keys)
        if progress is not None:
            progress(found.total.total(), 0)
    return found


def write_quality(found: Quality, path: Path) -> None:
    """Write the figures as ``.html``, ``.csv`` (UTF-8 with BOM) or ``.json``.

    Raises
    ------
    UsageError
        The file cannot be written so.
    """
    check_paths([path])
    with whole(path) as part:
        if path.suffix.lower() == ".json":
            part.write_bytes(orjson.dumps(found.to_dict(), option=orjson.OPT_INDENT_2))
        elif path.suffix.lower() == ".html":
            part.write_text(quality_page(found), "utf-8")
        else:
            with part.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["by", "key", "answers", *NAMES, *(f"{name}_share" for name in NAMES)])
                writer.writerows([safe_cell(value) for value in row] for row in _rows(found))


def quality_page(found: Quality) -> str:
    """Write the figures as a page."""
    names = [str(name) for name in NAMES.values()]
    parts = [section(t("All answers"), [t("answers"), *names], [_cells(found.total)])]
    parts += [
        section(WAYS[way], [t("key"), t("answers"), *names], ([key, *_cells(c)] for key, c in largest(of)))
        for way, of in found.ways.items()
    ]
    return page(t("Quality of the answers"), parts)


def quality_lines(found: Quality) -> list[str]:
    """Tell the shares of all answers in a few lines."""
    rows = found.total.total()
    lines = [str(t("{answers} answers", answers=rows))]
    return lines + [f"  {NAMES[name]}: {_share(found.total, name)}" for name in NAMES if found.total[name]]


def _count(found: Quality, table: pa.Table, columns: Mapping[str, str]) -> None:
    """Count the rows of a table that agree in what is counted by at once."""
    names = list(dict.fromkeys(("decision", *columns.values())))
    texts = pa.table({name: table.column(name).cast(pa.string()) for name in names})
    counted = texts.group_by(names).aggregate([([], "count_all")])
    for row in counted.to_pylist():
        decision = row["decision"] or None
        if decision is not None and decision not in GROUPS:
            raise UsageError(
                t("{word} is not understood", word=decision),
                field="decision",
                value=decision,
                expected=", ".join(GROUPS),
            )
        found.add(
            decision,
            {way: row[column] for way, column in columns.items()},
            row["count_all"],
        )


def _rows(found: Quality) -> Iterable[Sequence[Any]]:
    yield ["all", "", *_figures(found.total)]
    for way, of in found.ways.items():
        for key, counts in largest(of):
            yield [way, key, *_figures(counts)]


def _figures(counts: Counter[str]) -> list[Any]:
    rows = counts.total()
    return [rows, *(counts[name] for name in NAMES), *(round(counts[name] / rows, 4) for name in NAMES)]


def _cells(counts: Counter[str]) -> list[object]:
    return [counts.total(), *(_share(counts, name) if counts[name] else "" for name in NAMES)]


def _share(counts: Counter[str], name: str) -> str:
    return f"{counts[name]} ({100 * counts[name] / counts.total():.1f} %)"
