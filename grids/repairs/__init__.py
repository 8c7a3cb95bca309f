"""Propose repairs of areas: what a machine can mend without deciding whose ground it is."""
