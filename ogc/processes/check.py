"""The process ``check`` (交付检查): what an import of a delivery would say, without importing it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import orjson

from components.class_info import STANDARDS
from gis.errors import DataRefused
from gis.findings import Report
from gis.importing import ImportContext, ImportOptions, Prepared, run_import
from gis.job_worker import Progress
from gis.text import t
from layers.access import Action
from layers.delivery_kinds import KINDS
from ogc.processes.files import MAX_BODY, written
from ogc.processes.inputs import choice_input, file_input, text_input
from ogc.processes.process import Caller, Process


def _check(caller: Caller, inputs: dict[str, Any], progress: Progress) -> bytes:
    with written(inputs) as paths:
        try:
            report = _examined(caller, inputs, paths["file"], progress)
        except DataRefused as refused:
            if refused.report is None:
                raise
            report = refused.report
    progress(95, t("Writing the report"))
    return orjson.dumps(report.to_dict(), option=orjson.OPT_SERIALIZE_NUMPY, default=str)


def _examined(caller: Caller, inputs: dict[str, Any], path: Path, progress: Progress) -> Report:
    kind = KINDS[inputs["kind"]]

    def read(paths: Any, context: ImportContext) -> Any:
        progress(0, t("Reading"))
        return kind.reader(paths, context)

    def prepare(delivery: Any, context: ImportContext) -> Prepared:
        progress(30, t("Checking"))
        prepared = kind.prepare(delivery, context)
        progress(80, t("Comparing with the registry"))
        return prepared

    options = ImportOptions(
        crs=inputs.get("crs"),
        encoding=inputs.get("encoding"),
        standard=inputs.get("standard"),
        dry_run=True,
    )
    changes = partial(kind.changes, kind.name, 0) if _sees_all(caller) else None
    registry = caller.state.registry
    return run_import(registry, kind.name, [path], options, prepare, reader=read, changes=changes)


def _sees_all(caller: Caller) -> bool:
    """Tell whether who asks may know what the registry holds anywhere."""
    return caller.principal.counties is None and caller.principal.layers is None


CHECK = Process(
    id="check",
    title=t("Check a delivery"),
    description=t("What an import would say of a delivery, which is not imported"),
    action=Action.CHECK,
    inputs=(
        choice_input("kind", t("What is delivered"), tuple(KINDS), required=True),
        file_input(
            "file",
            t("The delivery, sent within the request; shapefiles and several files as .zip"),
            required=True,
        ),
        text_input("crs", t("Coordinate system of the delivery, where it does not say")),
        text_input("encoding", t("Encoding of the delivery, where it does not say")),
        choice_input("standard", t("Edition of the class code: 2007, 2013 or 2026"), tuple(STANDARDS)),
    ),
    output="report",
    output_title=t("Report of the check"),
    output_schema={
        "type": "object",
        "required": ["dataset", "checked", "accepted", "rejected", "findings", "by_code", "edition"],
    },
    work=_check,
    example={
        "kind": "components",
        "file": {"value": "UEsDB…", "encoding": "base64", "mediaType": "application/zip"},
    },
    max_body=MAX_BODY,
    heavy=True,
)
