"""What stands on the ground of unit grids: buildings and components, and borders that cut them."""
