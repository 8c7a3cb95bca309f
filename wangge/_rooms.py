"""The rooms have common names: make sure that what gets imported is ours."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOMS = ("gis", "grids", "components", "geocoding", "responsibility", "layers", "ogc", "web")


def check_rooms() -> None:
    """Refuse to start when a user's own module hides one of the rooms.

    Raises
    ------
    ImportError
        Names the file or folder to rename.
    """
    ours = Path(__file__).resolve().parent.parent
    for room in ROOMS:
        found = importlib.util.find_spec(room)
        origin = None if found is None or found.origin is None else Path(found.origin).resolve()
        if origin is None:
            raise ImportError(f"wangge is not completely installed: its package {room!r} is missing")
        if origin != ours / room / "__init__.py":
            hiding = origin.parent if origin.name == "__init__.py" else origin
            raise ImportError(
                f"{hiding} hides wangge's package {room!r}: rename it, or start Python from another folder"
            )
