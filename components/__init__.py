"""Component classes in their editions, component identifiers and the census import."""

from gis.text import add_catalogue

add_catalogue(__file__)
