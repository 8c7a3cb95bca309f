"""The layer catalogue: what is published, how it is queried, and its vector tiles."""

from gis.text import add_catalogue

add_catalogue(__file__)
