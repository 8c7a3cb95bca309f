"""The front door of wangge: ``wangge.open()`` for Python, ``wangge`` on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wangge._rooms import check_rooms

check_rooms()

from gis.text import add_catalogue  # noqa: E402 - the rooms are checked before any is imported

if TYPE_CHECKING:
    from wangge.city import City
    from wangge.city import open_city as open

__version__ = "0.1.0"
__all__ = ["City", "__version__", "open"]

add_catalogue(__file__)


def __getattr__(name: str) -> Any:
    """Load what Python users need only when they ask for it: the command line starts faster."""
    if name not in ("City", "open"):
        raise AttributeError(f"module 'wangge' has no attribute {name!r}")
    from wangge import city

    return city.City if name == "City" else city.open_city
