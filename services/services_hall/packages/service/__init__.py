"""Use cases of packages and matters (一件事)."""
