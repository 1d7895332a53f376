"""走访: due because of a tag, paid by a grid worker."""
