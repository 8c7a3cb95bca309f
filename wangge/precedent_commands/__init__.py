"""The commands of ``wangge precedents``, one module each; the names end in ``_``."""
