"""Run the sample city: build it, import it as a surveyor would, resolve its cases, sum up."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.background import add_background
from gis.editions import list_editions
from gis.errors import UsageError
from gis.finding_codes import title
from gis.findings import Report
from gis.importing import ImportOptions
from gis.registry import Registry
from gis.reports import write_report
from gis.text import t
from layers.catalogue import list_layers, publish, seed_layers
from responsibility.questions import question_from_params
from responsibility.resolver import Resolver
from wangge.deliveries import deliver, examine_delivery
from wangge.demo.city import SampleCity, build

Tell = Callable[[object], None]
MANIFEST = "city.json"
REGISTRY = "city.gpkg"

# What the known right answers of a case are compared with, column by column.
COMPARED = (
    "unit_grid",
    "street",
    "community",
    "component",
    "acting",
    "decision",
    "ownership",
    "location_status",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One import of the delivery: the kind, and what of it."""

    kind: str
    paths: tuple[str, ...]


@dataclass(slots=True)
class DemoResult:
    """What the demonstration found."""

    directory: Path
    registry_url: str
    registry: str
    imported: dict[str, Report]
    faults: dict[str, dict[str, int]]
    cases: int
    right: int
    wrong: list[dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """Return a document for ``--json``."""
        return {
            "directory": str(self.directory),
            "registry": self.registry,
            "imported": {
                kind: {
                    "accepted": r.accepted,
                    "rejected": r.rejected,
                    "edition": r.edition,
                    "by_code": r.by_code(),
                }
                for kind, r in self.imported.items()
            },
            "faults": self.faults,
            "cases": self.cases,
            "right": self.right,
            "wrong": self.wrong,
        }


def run_demo(
    directory: Path,
    tell: Tell,
    progress: Callable[[object], Callable[..., None]],
    registry_url: str | None = None,
) -> DemoResult:
    """Build the sample city in a folder and take it through the whole way once.

    Parameters
    ----------
    directory : pathlib.Path
        Made when missing; a sample city that is already there is built anew.
    tell : callable
        Shows a line of what is going on.
    progress : callable
        Makes a progress callback for a named step.
    registry_url : str, optional
        An empty registry to import into; by default ``city.gpkg`` in the folder.

    Returns
    -------
    DemoResult
        Counts of everything, for the summary.

    Raises
    ------
    UsageError
        The folder holds something else than a sample city, or the registry is not empty.
    """
    _make_room(directory)
    registry = _empty_registry(registry_url or str(directory / REGISTRY))
    try:
        tell(t("Building the sample city in {folder} …", folder=str(directory)))
        city = build(directory, progress=progress(t("Building")))
        imported = {step.kind: _import(registry, city, step, tell, progress) for step in steps(city)}
        _publish(registry)
        faults = _check_dirty_twin(registry, city, tell)
        wrong, cases = _resolve_cases(registry, city, tell)
    finally:
        registry.close()
    return DemoResult(
        directory, registry.url, registry.location, imported, faults, cases, cases - len(wrong), wrong
    )


def steps(city: SampleCity) -> list[Step]:
    """Return the imports in the order in which each finds what it refers to."""
    clean = city.clean.name
    return [
        Step("divisions", (f"{clean}/区.shp", f"{clean}/街道.shp", f"{clean}/社区.shp")),
        Step("organisations", (city.organisations.name,)),
        Step("grids", (f"{clean}/单元网格.shp",)),
        Step("responsibility-grids", (f"{clean}/责任网格.shp",)),
        Step("areas", (f"{clean}/责任区.shp",)),
        Step("boundaries", (f"{clean}/边界协议.shp",)),
        Step("components", (f"{clean}/部件",)),
        Step("streets", (f"{clean}/街巷.shp",)),
        Step("addresses", (f"{clean}/门牌.shp",)),
        Step("places", (f"{clean}/兴趣点.shp",)),
        Step("rules", (city.case_table.name,)),
    ]


def summary(result: DemoResult) -> str:
    """Return the summary for people."""
    lines = [str(t("Imported:"))]
    lines += [f"  {kind:22}{report.accepted:>7}" for kind, report in result.imported.items()]
    lines.append(str(t("Faults found in the dirty twin:")))
    for dataset, by_code in result.faults.items():
        lines += [f"  {dataset:12} {code} {title(code)}: {count}" for code, count in by_code.items()]
    lines.append(str(t("Sample cases: {right} of {cases} right", right=result.right, cases=result.cases)))
    lines += [f"  ✗ {row['case_id']}: {row['differs']}" for row in result.wrong[:20]]
    lines.append(str(t("Registry: {path}", path=result.registry)))
    lines.append(str(t("Reports: {folder}", folder=str(result.directory / "reports"))))
    return "\n".join(lines)


def _make_room(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    ours = (directory / MANIFEST).exists()
    if any(directory.iterdir()) and not ours:
        raise UsageError(
            t("The folder {folder} is not empty and holds no sample city", folder=str(directory)),
            field="--dir",
            value=str(directory),
            expected=t("a new or empty folder"),
        )
    for suffix in ("", "-wal", "-shm"):
        (directory / f"{REGISTRY}{suffix}").unlink(missing_ok=True)


def _empty_registry(url: str) -> Registry:
    registry = Registry.open(url, create=True)
    if list_editions(registry):
        location = registry.location
        registry.close()
        raise UsageError(
            t("The registry {url} holds data already; the sample city wants an empty one", url=location),
            field="--registry",
            value=location,
            expected=t("an empty registry, or none: then one is made in the folder of the sample city"),
        )
    seed_layers(registry)
    return registry


def _import(
    registry: Registry,
    city: SampleCity,
    step: Step,
    tell: Tell,
    progress: Callable[[object], Callable[..., None]],
) -> Report:
    paths = [city.directory / path for path in step.paths]
    options = ImportOptions(source=str(t("sample city")))
    name = t("Importing {kind}", kind=step.kind)
    report = deliver(registry, step.kind, paths, options, progress(name))
    tell(
        t(
            "Imported {kind}: {count} rows, edition {edition}",
            kind=step.kind,
            count=report.accepted,
            edition=report.edition,
        )
    )
    return report


def _publish(registry: Registry) -> None:
    """Mark every layer public: everything in the sample city is invented."""
    for layer in list_layers(registry, public_only=False):
        publish(registry, layer.id)


def _check_dirty_twin(registry: Registry, city: SampleCity, tell: Tell) -> dict[str, dict[str, int]]:
    tell(t("Checking the dirty twin …"))
    dirty = city.dirty.name
    reports = city.directory / "reports"
    reports.mkdir(exist_ok=True)
    faults = {}
    for step in (
        Step("grids", (f"{dirty}/单元网格.shp",)),
        Step("components", (f"{dirty}/部件",)),
        Step("addresses", (f"{dirty}/门牌.shp",)),
        Step("rules", (city.dirty_case_table.name,)),
    ):
        paths = [city.directory / path for path in step.paths]
        report = examine_delivery(registry, step.kind, paths, ImportOptions())
        add_background(registry, report)
        write_report(report, reports / f"{step.kind}.html")
        write_report(report, reports / f"{step.kind}.json")
        faults[step.kind] = report.by_code()
    return faults


def _resolve_cases(registry: Registry, city: SampleCity, tell: Tell) -> tuple[list[dict[str, Any]], int]:
    with city.cases.open(encoding="utf-8-sig", newline="") as source:
        cases = list(csv.DictReader(source))
    tell(t("Resolving {count} sample cases …", count=len(cases)))
    answers = Resolver(registry).resolve_many([question_from_params(_params(case)) for case in cases])
    told = [(case, _differences(case, answer.to_dict())) for case, answer in zip(cases, answers, strict=True)]
    return [{"case_id": case["case_id"], "differs": differs} for case, differs in told if differs], len(cases)


def _params(case: dict[str, str]) -> dict[str, str]:
    names = {
        "lon": "lon",
        "lat": "lat",
        "class": "class",
        "kind": "kind",
        "source": "source",
        "accuracy_m": "accuracy",
    }
    return {target: case[source] for source, target in names.items() if case.get(source)}


def _differences(case: dict[str, str], answer: dict[str, Any]) -> dict[str, dict[str, str | None]]:
    """Return the compared facts in which an answer differs from the known right one."""
    given = {
        "unit_grid": _code(answer["unit_grid"]),
        "street": _code(answer["divisions"]["street"]),
        "community": _code(answer["divisions"]["community"]),
        "component": (answer["component"] or {}).get("id"),
        "acting": _code(answer["parties"]["acting"]),
        "decision": answer["decision"],
        "ownership": answer["ownership"],
        "location_status": answer["location"]["status"],
    }
    return {
        name: {"expected": case[name] or None, "given": given[name]}
        for name in COMPARED
        if (case[name] or None) != given[name]
    }


def _code(part: dict[str, Any] | None) -> str | None:
    return None if part is None else part["code"]
