"""The process ``resolve`` (定责)."""

from __future__ import annotations

from typing import Any

from gis.errors import UsageError
from gis.job_worker import Progress
from gis.text import Text, t
from layers.access import Action
from ogc.access import require_answer
from ogc.processes.inputs import Input, cannot_be, plain_value
from ogc.processes.process import Caller, Process
from responsibility.questions import PARAMETERS, question_from_params

_NUMBERS = ("lon", "lat", "accuracy", "rule")


def _read(name: str, value: Any) -> str:
    """Read an input as the text a web address would hold."""
    value = plain_value(name, value)
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise cannot_be(name, value, "number" if name in _NUMBERS else "string")


def _resolve(caller: Caller, inputs: dict[str, Any], progress: Progress) -> bytes:
    progress(0)
    try:
        question = question_from_params(inputs)
    except (ValueError, OverflowError) as error:
        raise UsageError(str(error), field="inputs") from error
    resolution = caller.state.resolved().resolve(question)
    require_answer(caller.principal, resolution.to_dict())
    return resolution.to_json()


_INPUTS: dict[str, Text] = {
    "lon": t("Longitude or easting"),
    "lat": t("Latitude or northing"),
    "crs": t("Coordinate system of lon and lat, EPSG:4490 if not given"),
    "source": t(
        "Where the position comes from: gps, map_click, address, component, camera, vehicle, hotline"
    ),
    "accuracy": t("Accuracy of the position in metres"),
    "component": t("Identifier of a component, in place of lon and lat"),
    "address": t("Text of an address, in place of lon and lat"),
    "class": t("Class code, major or group of classes"),
    "kind": t("component or matter"),
    "standard": t("Edition of the class code: 2007, 2013 or 2026"),
    "rule": t("Number of the rule that applies"),
    "as_of": t("Moment whose registry is asked"),
    "at": t("Moment the deadline counts from"),
}

RESOLVE = Process(
    id="resolve",
    title=t("Resolve"),
    description=t("From a location, a component or an address to grid, divisions and acting unit"),
    action=Action.RESOLVE,
    inputs=tuple(
        Input(name, _INPUTS[name], {"type": "number" if name in _NUMBERS else "string"}, _read)
        for name in PARAMETERS
    ),
    output="resolve",
    output_title=t("Resolution"),
    output_schema={
        "type": "object",
        "required": ["answer_id", "location", "divisions", "parties", "decision", "reasons", "basis"],
    },
    work=_resolve,
    example={"lon": 106.55, "lat": 29.56, "class": "0101"},
)
