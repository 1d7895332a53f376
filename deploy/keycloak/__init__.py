"""Keycloak for trials and tests, without a container engine, and the realm of the county's services."""
