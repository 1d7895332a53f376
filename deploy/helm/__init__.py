"""Generators of the Helm chart's values schema and README."""
