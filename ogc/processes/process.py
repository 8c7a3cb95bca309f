"""What a process is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gis.job_worker import Progress
from gis.text import Text
from layers.access import Action, Principal
from ogc.processes.inputs import Input, Schema
from ogc.state import OgcState

JSON = "application/json"
GEOJSON = "application/geo+json"


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom a process works.

    Attributes
    ----------
    state : OgcState
        The registry and what was made of it.
    principal : Principal
        Who asked, as he was then.
    """

    state: OgcState
    principal: Principal


Work = Callable[[Caller, dict[str, Any], Progress], bytes]
"""Works out the one output from inputs that were read; it may be done twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Something that is worked out on request.

    Attributes
    ----------
    id : str
    title, description : Text
        For people.
    action : Action
        What who asks has to be allowed.
    inputs : tuple of Input
    output : str
        Name of the one output.
    output_title : Text
    output_schema : dict
        JSON Schema of it.
    work : callable
        Returns the output as JSON.
    example : dict
        Inputs, for people.
    media_type : str
        Of the output.
    max_body : int
        Bytes of a request.
    heavy : bool
        Whether it may take longer than somebody waits: few of these are done at a time.
    """

    id: str
    title: Text
    description: Text
    action: Action
    inputs: tuple[Input, ...]
    output: str
    output_title: Text
    output_schema: Schema
    work: Work
    example: dict[str, Any] = field(default_factory=dict)
    media_type: str = JSON
    max_body: int = 1_000_000
    heavy: bool = False
