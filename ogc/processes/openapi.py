"""The part of the interface's description that is about processes and jobs."""

from __future__ import annotations

from typing import Any

from gis.jobs import Status
from gis.text import t
from ogc.processes.jobs import DEFAULT_LIMIT, MAX_LIMIT
from ogc.processes.process import Process
from ogc.processes.processes import PROCESSES

Document = dict[str, Any]

_PROBLEM = {"$ref": "#/components/responses/Problem"}
_JSON = "application/json"


def process_paths() -> Document:
    """Describe the addresses of processes and jobs, in the current language."""
    paths: Document = {"/processes": _get(t("Processes"), _listing())}
    for process in PROCESSES.values():
        paths[f"/processes/{process.id}"] = _get(t("Description of a process"), [])
        paths[f"/processes/{process.id}/execution"] = {"post": _execution(process)}
    job = {"name": "jobId", "in": "path", "required": True, "schema": {"type": "string"}}
    status = _answers(t("Status of the job"))
    dismissal = {"summary": str(t("Dismiss a job")), "parameters": [job], "responses": status}
    results = {
        "summary": str(t("Results of a job")),
        "parameters": [job, _lang()],
        "responses": _answers(t("Results of a job")),
    }
    return paths | {
        "/jobs": _get(t("Jobs of whoever asks"), _job_parameters()),
        "/jobs/{jobId}": _get(t("Status of the job"), [job]) | {"delete": dismissal},
        "/jobs/{jobId}/results": {"get": results},
    }


def _listing() -> list[Document]:
    return [
        _query("limit", {"type": "integer", "minimum": 1}),
        _query("after", {"type": "string"}),
    ]


def _get(summary: object, parameters: list[Document]) -> Document:
    form = _query("f", {"type": "string", "enum": ["json", "html"]})
    content: Document = {_JSON: {}, "text/html": {}}
    return {
        "get": {
            "summary": str(summary),
            "parameters": [*parameters, form, _lang()],
            "responses": _answers(summary, content),
        }
    }


def _execution(process: Process) -> Document:
    inputs = {
        "type": "object",
        "required": [one.name for one in process.inputs if one.required],
        "properties": {one.name: {"description": str(one.description)} for one in process.inputs},
        "additionalProperties": False,
    }
    if not inputs["required"]:
        inputs.pop("required")
    body = {
        "type": "object",
        "properties": {
            "inputs": inputs,
            "outputs": {"type": "object"},
            "response": {"type": "string", "enum": ["raw", "document"], "default": "raw"},
        },
        "additionalProperties": False,
    }
    prefer = {"name": "Prefer", "in": "header", "required": False, "schema": {"type": "string"}}
    answers = _answers(process.output_title, {process.media_type: {}, _JSON: {}}, "413", "422")
    answers["201"] = {
        "description": str(t("A job was made")),
        "headers": {"Location": {"schema": {"type": "string"}}},
        "content": {_JSON: {}},
    }
    return {
        "summary": str(process.title),
        "description": str(process.description),
        "parameters": [prefer],
        "requestBody": {"required": True, "content": {_JSON: {"schema": body}}},
        "responses": answers,
    }


def _job_parameters() -> list[Document]:
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    seconds = {"type": "integer", "minimum": 0}
    return [
        _query("limit", limit),
        _query("after", {"type": "integer", "minimum": 0}),
        _query("type", _several(["process"])),
        _query("processID", _several(list(PROCESSES))),
        _query("status", _several([str(one) for one in Status])),
        _query("datetime", {"type": "string"}),
        _query("minDuration", seconds),
        _query("maxDuration", seconds),
    ]


def _several(values: list[str]) -> Document:
    return {"type": "array", "items": {"type": "string", "enum": values}}


def _answers(summary: object, content: Document | None = None, *further: str) -> Document:
    problems = ("400", "401", "403", "404", *further, "429", "503")
    told = {"description": str(summary), "content": content or {_JSON: {}}}
    return {"200": told, **dict.fromkeys(problems, _PROBLEM)}


def _lang() -> Document:
    return _query("lang", {"type": "string", "enum": ["zh", "en"]})


def _query(name: str, schema: Document) -> Document:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "style": "form",
        "explode": False,
        "schema": schema,
    }
