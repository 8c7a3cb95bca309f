"""The catalogue of records (OGC API - Records Part 1, 20-004r1): layers, editions and their reports."""
