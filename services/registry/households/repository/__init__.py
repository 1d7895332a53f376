"""Queries over households (住户)."""

from services.registry.households.repository.households import HouseholdRepository

__all__ = ["HouseholdRepository"]
