"""任职: who holds which post of a village or grid, from when to when."""
