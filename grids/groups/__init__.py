"""Grids made of unit grids: responsibility, management and evaluation grids, and their members."""
