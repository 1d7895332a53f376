"""Use cases of originals in custody (原件保管)."""
