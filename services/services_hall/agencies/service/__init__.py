"""Use cases of agencies (代办件)."""
