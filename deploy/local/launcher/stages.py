"""Lines by which `prepare` reports a stage to the process supervisor, on its standard output."""

SCHEMA_READY = "@schema"
"""Databases, schemas and topics are there: services may start."""
COUNTY_MISSING = "@county"
"""The demo county is not there, or not whole: it has to be loaded."""
