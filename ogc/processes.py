"""OGC API - Processes: ``resolve`` (定责) behind pygeoapi's process manager."""

from __future__ import annotations

from typing import Any

from pygeoapi.process.base import BaseProcessor
from pygeoapi.process.manager.dummy import DummyManager
from pygeoapi.util import JobStatus

from gis.errors import UsageError
from gis.text import Text, t
from ogc.state import OgcState
from responsibility.questions import PARAMETERS, question_from_params

RESOLVE = "resolve"

_NUMBERS = ("lon", "lat", "accuracy", "rule")


class ResolveProcessor(BaseProcessor):  # type: ignore[misc]
    """Answer one question in the contract's shape.

    Parameters
    ----------
    state : OgcState
        Whose resolver is asked.
    """

    def __init__(self, state: OgcState) -> None:
        super().__init__({"name": RESOLVE}, _metadata())
        self._state = state

    def execute(self, data: Any, outputs: Any = None) -> tuple[str, dict[str, Any]]:
        """Resolve.

        Parameters
        ----------
        data : dict
            Inputs under the names of ``/api/resolve``.
        outputs : optional
            There is one output, so nothing to choose.

        Returns
        -------
        tuple
            Media type and resolution.

        Raises
        ------
        UsageError
            If an input is unknown or not understood.
        """
        del outputs
        if not isinstance(data, dict):
            raise UsageError(
                t("{field} cannot be {value}", field="inputs", value=repr(data)),
                field="inputs",
                expected="{…}",
            )
        question = question_from_params({name: _text(name, value) for name, value in data.items()})
        return "application/json", self._state.resolved().resolve(question).to_dict()


class SynchronousManager(DummyManager):  # type: ignore[misc]
    """Run processes at once, keep no jobs, and let errors through to our own table.

    ``subscriber`` is refused: pygeoapi would post to any address a caller names.

    Parameters
    ----------
    processors : dict
        Identifier to processor.
    """

    def __init__(self, processors: dict[str, BaseProcessor]) -> None:
        super().__init__({"name": "synchronous", "processes": {name: {} for name in processors}})
        self._processors = processors

    def get_processor(self, process_id: str) -> BaseProcessor:
        """Return a processor."""
        return self._processors[process_id]

    def execute_process(
        self,
        process_id: str,
        data_dict: dict[str, Any],
        execution_mode: Any = None,
        requested_outputs: Any = None,
        subscriber: Any = None,
        requested_response: Any = None,
    ) -> tuple[str, str, Any, JobStatus, dict[str, str] | None]:
        """Run a process and return what it made, in pygeoapi's shape."""
        if subscriber is not None:
            raise UsageError(t("This server calls nobody back"), field="subscriber")
        media_type, made = self._processors[process_id].execute(data_dict, requested_outputs)
        headers = None if execution_mode is None else {"Preference-Applied": "wait"}
        if requested_response == "document":
            made = {RESOLVE: made}
        return "", media_type, made, JobStatus.successful, headers


def _text(name: str, value: Any) -> str | None:
    """Read an input as the text a web address would hold."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise UsageError(t("{field} cannot be {value}", field=name, value=repr(value)), field=name, value=value)


def _metadata() -> dict[str, Any]:
    """Describe the process in the current language."""
    return {
        "version": "1.0.0",
        "id": RESOLVE,
        "title": str(t("Resolve")),
        "description": str(
            t("From a location, a component or an address to grid, divisions and acting unit")
        ),
        "jobControlOptions": ["sync-execute"],
        "keywords": [],
        "links": [],
        "inputs": {name: _input(name) for name in PARAMETERS},
        "outputs": {
            RESOLVE: {
                "title": str(t("Resolution")),
                "description": str(t("As answered by /api/resolve")),
                "schema": {"type": "object", "contentMediaType": "application/json"},
            }
        },
        "example": {"inputs": {"lon": 106.55, "lat": 29.56, "class": "0101"}},
    }


def _input(name: str) -> dict[str, Any]:
    return {
        "title": name,
        "description": str(_INPUTS[name]),
        "schema": {"type": "number" if name in _NUMBERS else "string"},
        "minOccurs": 0,
        "maxOccurs": 1,
    }


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
