"""What a request to execute a process says, and what it is answered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gis.errors import UsageError
from gis.text import t
from ogc.processes.inputs import cannot_be, read_inputs
from ogc.processes.process import JSON, Process

RAW, DOCUMENT = "raw", "document"

_MEMBERS = ("inputs", "outputs", "response", "subscriber")


@dataclass(frozen=True, slots=True)
class Execution:
    """A request that was understood.

    Attributes
    ----------
    given : dict
        Its inputs as they were sent, to be read again by whoever does the work.
    inputs : dict
        Its inputs as they were read.
    response : str
        ``raw`` or ``document``.
    """

    given: dict[str, Any]
    inputs: dict[str, Any]
    response: str


def read_execution(process: Process, body: bytes) -> Execution:
    """Read a request to execute a process.

    Parameters
    ----------
    process : Process
        Which.
    body : bytes
        JSON by the standard's ``execute.yaml``.

    Raises
    ------
    UsageError
        If something in it cannot be understood, or is not done here.
    """
    document = _document(body)
    for name in document.keys() - set(_MEMBERS):
        raise UsageError(
            t("Parameter {name} is not known", name=name[:100]),
            field=name[:100],
            expected=", ".join(_MEMBERS[:3]),
        )
    if document.get("subscriber") is not None:
        raise UsageError(t("This server calls nobody back"), field="subscriber")
    response = document.get("response", RAW)
    if response not in (RAW, DOCUMENT):
        raise cannot_be("response", response, f"{RAW}, {DOCUMENT}")
    _check_outputs(process, document.get("outputs"))
    given = document.get("inputs")
    given = {} if given is None else given
    return Execution(given, read_inputs(process.inputs, given), response)


def answer(process: Process, response: str, made: bytes) -> tuple[str, bytes]:
    """Return media type and body of an answer.

    Parameters
    ----------
    process : Process
        Which.
    response : str
        ``raw``: the output itself; ``document``: under its name, as the standard qualifies objects.
    made : bytes
        The output.
    """
    if response == RAW:
        return process.media_type, made
    qualified = {"value": orjson.Fragment(made), "mediaType": process.media_type}
    return JSON, orjson.dumps({process.output: qualified})


def prefers_async(header: str) -> bool:
    """Tell whether a ``Prefer`` header asks not to be kept waiting (RFC 7240, section 4.1)."""
    tokens = (token.partition(";")[0].strip().lower() for token in header.split(","))
    return "respond-async" in tokens


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise UsageError(t("The body is not a JSON object"), field="body", expected='{"inputs": {…}}')
    return document


def _check_outputs(process: Process, outputs: Any) -> None:
    """Take nothing but the one output, by value, as it is made."""
    if outputs is None:
        return
    if not isinstance(outputs, dict):
        raise cannot_be("outputs", outputs, f'{{"{process.output}": {{}}}}')
    for name, wanted in outputs.items():
        if name != process.output:
            raise UsageError(
                t("There is no output {name}", name=name[:100]), field="outputs", expected=process.output
            )
        if not isinstance(wanted, dict):
            raise cannot_be(f"outputs.{name}", wanted, "{}")
        _check_output(process, name, wanted)


def _check_output(process: Process, name: str, wanted: Mapping[str, Any]) -> None:
    if wanted.get("transmissionMode", "value") != "value":
        raise cannot_be(f"outputs.{name}.transmissionMode", wanted["transmissionMode"], "value")
    form = wanted.get("format", {})
    media_type = form.get("mediaType", process.media_type) if isinstance(form, dict) else form
    if media_type != process.media_type:
        raise cannot_be(f"outputs.{name}.format", form, process.media_type)
