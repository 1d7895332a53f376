"""同步: residents of a worker's areas on a phone that is often away; what changed since, and who left."""
