"""Checks of places, door plates and streets (findings P01 to P20)."""
