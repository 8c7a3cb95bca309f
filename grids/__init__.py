"""Divisions (district, street, community) and every grid built on them: codes, checks, import."""

from gis.text import add_catalogue

add_catalogue(__file__)
