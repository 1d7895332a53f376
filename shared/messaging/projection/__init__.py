"""The projection: copies of other services' states, applied batch by batch, each version at most once."""
