"""Use cases of erasing in cases."""
