"""住户: who belongs together."""
