"""What an indicator means and is made of, its versions, and what a draft of one is refused for."""

from services.indicators.definitions.domain.definition import Definition, Direction, Kind, Measure, Total

__all__ = ["Definition", "Direction", "Kind", "Measure", "Total"]
