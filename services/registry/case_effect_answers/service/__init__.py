"""Use cases of answers to granted cases."""
