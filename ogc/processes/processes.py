"""All processes, and how one is run."""

from __future__ import annotations

from typing import Any

from gis.text import t
from ogc.processes.check import CHECK
from ogc.processes.divide import DIVIDE
from ogc.processes.echo import ECHO
from ogc.processes.errors import NoSuchProcess
from ogc.processes.geocoding import GEOCODE, REVERSE_GEOCODE
from ogc.processes.process import Process
from ogc.processes.resolve import RESOLVE

PROCESSES: dict[str, Process] = {
    process.id: process for process in (RESOLVE, GEOCODE, REVERSE_GEOCODE, CHECK, DIVIDE, ECHO)
}

_REGISTER = "http://www.opengis.net/def/rel/ogc/1.0"


def process_named(name: str) -> Process:
    """Return a process.

    Raises
    ------
    NoSuchProcess
    """
    if name not in PROCESSES:
        raise NoSuchProcess(
            t("There is no process {id}", id=name),
            field="processId",
            value=name,
            expected=", ".join(PROCESSES),
        )
    return PROCESSES[name]


def summary(process: Process, base: str) -> dict[str, Any]:
    """Return what a list says of a process, in the current language.

    Parameters
    ----------
    process : Process
    base : str
        Absolute URL of ``/ogc``.
    """
    root = f"{base}/processes/{process.id}"
    forms = (("self", "json", "application/json"), ("alternate", "html", "text/html"))
    links = [
        {"rel": rel, "type": media_type, "title": str(process.title), "href": f"{root}?f={form}"}
        for rel, form, media_type in forms
    ]
    execute = {
        "rel": f"{_REGISTER}/execute",
        "type": process.media_type,
        "title": str(t("Execution")),
        "href": f"{root}/execution",
    }
    return {
        "id": process.id,
        "version": "1.0.0",
        "title": str(process.title),
        "description": str(process.description),
        "keywords": [],
        "jobControlOptions": ["sync-execute", "async-execute", "dismiss"],
        "outputTransmission": ["value"],
        "links": [*links, execute],
    }


def description(process: Process, base: str) -> dict[str, Any]:
    """Return the description of a process, in the current language, see :func:`summary`."""
    output = {
        "title": str(process.output_title),
        "schema": process.output_schema | {"contentMediaType": process.media_type},
    }
    return summary(process, base) | {
        "inputs": {one.name: one.to_dict() for one in process.inputs},
        "outputs": {process.output: output},
        "example": {"inputs": process.example},
    }
