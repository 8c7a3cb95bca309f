"""Files that were sent, for as long as a process works with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gis.errors import WanggeError
from ogc.processes.inputs import Upload

#: Bytes of a request with files in it.
MAX_BODY = 48_000_000


@contextmanager
def written(inputs: Mapping[str, Any]) -> Iterator[dict[str, Path]]:
    """Write the files among the inputs to a folder of their own; it is removed when the body ends.

    Errors of the body that name an option of the command line name the input of that name.

    Yields
    ------
    dict
        Name of the input to the file, which is named as it.
    """
    with TemporaryDirectory(prefix="wangge-process-") as folder:
        paths: dict[str, Path] = {}
        for name, value in inputs.items():
            if isinstance(value, Upload):
                paths[name] = Path(folder) / f"{name}{value.suffix}"
                paths[name].write_bytes(value.content)
        try:
            yield paths
        except WanggeError as error:
            error.field = error.field and error.field.lstrip("-")
            raise
