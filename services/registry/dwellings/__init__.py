"""房屋: dwellings of buildings."""
