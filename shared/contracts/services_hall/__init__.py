"""What services_hall (一站式代办) announces."""

from shared.contracts.services_hall import cases, items, ledgers, records

__all__ = ["cases", "items", "ledgers", "records"]
