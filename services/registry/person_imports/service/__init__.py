"""Use cases of lists of residents: rows are judged, taken in, and confirmed to be of somebody else."""
