"""How far a repair may go. Whatever is larger is a question of whose ground it is, and stays for people."""

from __future__ import annotations

SNAP_M = 0.01
"""A shared vertex moves at most this far; boundary points are surveyed to a few centimetres."""

REPEATED_M = 0.001
"""Vertices closer than this are one vertex given twice."""

SLIVER_WIDTH_M = 0.1
"""Overlaps and gaps of at most this mean width are drawing: a tenth of a metre is 0.2 mm on a map 1:500 …"""

SLIVER_AREA_M2 = 10.0
"""… if they are no larger than this: a border of 100 m, missed by a tenth of a metre."""

ALONG = 0.4
"""A gap goes to a neighbour along at least this share of its outline: one that runs along several areas would
become an arm of one of them …"""

SMALL_M = 1.0
"""… unless it is no longer than this."""

ROUNDS = 10
"""Closing one seam may open another; after this many rounds what is left is left to people."""
