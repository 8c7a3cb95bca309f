"""The life of unit grids: split, merged, moved, retired, recoded, each as one revertible edition."""
