"""Sweep the registry: ask about a point of every unit grid for every class, and follow every reference."""
