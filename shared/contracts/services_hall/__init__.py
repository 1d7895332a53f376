"""What services_hall (一站式代办) announces."""

from shared.contracts.services_hall import cases, items

__all__ = ["cases", "items"]
