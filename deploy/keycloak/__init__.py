"""A real Keycloak without a container engine, and the realm of the county's services."""
