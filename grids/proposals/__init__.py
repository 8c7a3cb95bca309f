"""Propose unit grids: cut communities along roads, water and between buildings into pieces of a fair size.

::

    inputs ──► plane ──► blocks ──► merging ──► splitting ──► improving ──► partition ──► constraints
    files      metres    roads cut   too small    too large     bad shapes    one planar     raise rather
                         the ground                              once more     partition      than emit

What comes out is one planar partition, noded once, so that tiling is exact by construction; numbers
(:mod:`grids.proposals.numbers`) and measures (:mod:`grids.proposals.quality`) are added to it.
"""
