"""Publishing the layer catalogue over OGC API."""

from gis.text import add_catalogue

add_catalogue(__file__)
