"""Answers to granted cases (办件登记答复): the code by which the register says that it took a change back."""

EFFECT_REVERSED = "effect_reversed"
"""Code of an answer: the life event was entered, and was taken back since by the register's own rules."""
