"""The commands of ``wangge numbers``, one module each; the names end in ``_`` because one is a keyword."""
