"""In over time: one file per periodic duty."""
