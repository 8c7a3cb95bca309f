"""The commands of ``wangge acceptance``, one module each."""
