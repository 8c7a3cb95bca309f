"""Codes explained, told apart by their form, and compared with the tables of valid ones."""
