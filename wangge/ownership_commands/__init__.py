"""The commands of ``wangge ownership``, one module each; the names end in ``_``."""
