"""The rebuild of a projection from the topics, while the old generation goes on being read."""
