"""The commands of ``wangge catalogue``, one module each."""
