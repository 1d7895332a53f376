"""First day: takes a county from nothing to its first working clerk, over the public interfaces alone."""
