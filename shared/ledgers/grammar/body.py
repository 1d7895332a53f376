"""Bases of what is drafted: a definition comes in as JSON, and is checked like every other body."""

from shared.http.schemas import Body, Day, EachOnce

__all__ = ["Body", "Day", "EachOnce"]
