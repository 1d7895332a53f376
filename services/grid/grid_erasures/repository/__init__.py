"""Queries of erasing in grid."""
