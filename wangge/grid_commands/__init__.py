"""The commands under ``wangge grids``, one module each."""
