"""Refusal of a first day: one sentence in Chinese and one in English, each saying what to do."""


class FirstDayRefused(Exception):
    """A step that cannot be done. The arguments are both sentences."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} · {english}")
        self.chinese = chinese
        self.english = english
