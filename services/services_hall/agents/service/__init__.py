"""Use cases of agents' files (代办员档案)."""
