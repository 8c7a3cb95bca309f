"""The ground: coordinate systems, files with evidence, coverages, and the registry's database."""

from gis.text import add_catalogue

add_catalogue(__file__)
