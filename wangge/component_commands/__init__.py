"""The commands of ``wangge components``, one module each."""
