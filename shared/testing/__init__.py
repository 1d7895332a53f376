"""The pytest plugin and the fakes."""
