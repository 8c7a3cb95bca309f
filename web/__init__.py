"""What a person sees in a browser: the dispatcher's map and the JSON interface behind it."""

from gis.text import add_catalogue

add_catalogue(__file__)
