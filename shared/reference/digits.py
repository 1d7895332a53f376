"""Digits are `0` to `9` everywhere: Python and regular expressions take those of every script for digits too."""


def is_digits(text: str | bytes) -> bool:
    """Whether the text is one digit or more, and nothing else."""
    return text.isascii() and text.isdigit()
