"""Figures of areas, and of sets of areas."""
