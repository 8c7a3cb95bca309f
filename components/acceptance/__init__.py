"""Acceptance of a component census by map sheets (图幅检查验收): sheets, sample, check points, verdict."""
