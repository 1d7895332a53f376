"""Expressions of a definition: the one door to CEL. Types are checked when it is drafted, results when it is run."""
