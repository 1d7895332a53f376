"""待遇: what departments' lists say that persons receive."""
