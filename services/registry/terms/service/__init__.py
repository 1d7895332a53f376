"""Use cases of terms."""
