"""What a definition must be, one file for each of its parts."""
