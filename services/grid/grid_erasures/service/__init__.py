"""Use cases of erasing in grid."""
