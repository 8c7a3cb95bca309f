"""The index of addresses in memory, and how texts are matched with it."""
