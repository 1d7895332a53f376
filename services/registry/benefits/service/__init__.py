"""Use cases of benefits."""
