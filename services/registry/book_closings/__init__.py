"""月结: months of the two books that are closed, and reopened."""
