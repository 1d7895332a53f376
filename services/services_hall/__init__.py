"""一站式代办: items and cases."""
