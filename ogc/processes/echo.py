"""The process ``echo`` (回显), by which another system tries its connection and how it follows jobs."""

from __future__ import annotations

from typing import Any

import orjson

from gis.job_worker import Progress
from gis.text import t
from layers.access import Action
from ogc.processes.inputs import MAX_TEXT, text_input
from ogc.processes.process import Caller, Process


def _echo(_caller: Caller, inputs: dict[str, Any], progress: Progress) -> bytes:
    progress(0)
    return orjson.dumps(inputs["text"])


ECHO = Process(
    id="echo",
    title=t("Echo"),
    description=t("Answers the text it is given: for trying a connection, a key and how jobs are followed"),
    action=Action.SEARCH,
    inputs=(text_input("text", t("Any text"), required=True),),
    output="text",
    output_title=t("The same text"),
    output_schema={"type": "string", "maxLength": MAX_TEXT},
    work=_echo,
    example={"text": "你好"},
)
