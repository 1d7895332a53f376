"""代办员档案: who is an agent of which village from when to when, and who stands in while away."""
