"""Coordinate reference systems: what a source is in, and the way to what is stored.

Stored is EPSG:4490 (CGCS2000), longitude then latitude.
"""

from __future__ import annotations

STORED = "EPSG:4490"
