"""Organisations, the city's case table, areas, and the resolver: location to responsible unit."""

from gis.text import add_catalogue

add_catalogue(__file__)
