"""贡献: what a figure counts, as a function of one state."""
