"""核验: owners say how many states they hold in which versions; a reader that holds others asks for them again."""
