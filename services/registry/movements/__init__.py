"""人口变动: moves in and out, and deaths."""
