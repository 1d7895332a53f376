"""Counting rules: what may be counted of a noun, how a rule is checked and compiled, and what it counts of a state."""
