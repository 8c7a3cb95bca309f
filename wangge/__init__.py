"""The front door of wangge: ``wangge.open()`` for Python, ``wangge`` on the command line."""

__version__ = "0.1.0"

from gis.text import add_catalogue

add_catalogue(__file__)
