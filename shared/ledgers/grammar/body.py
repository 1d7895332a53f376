"""Bases of what is drafted: a definition comes in as JSON, and is checked like every other body."""

from shared.http.schemas import Body, CodeWord, Day, EachOnce, without_number

__all__ = ["Body", "CodeWord", "Day", "EachOnce", "without_number"]
