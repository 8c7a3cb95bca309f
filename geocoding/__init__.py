"""Places, addresses and streets: import and search."""

from gis.text import add_catalogue

add_catalogue(__file__)
