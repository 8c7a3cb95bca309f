"""What became of codes: retired grids and divisions, what stands in their place, names of before."""
