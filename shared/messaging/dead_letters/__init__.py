"""Dead letters: records that could not be processed, kept with their bytes, and their announcement."""
