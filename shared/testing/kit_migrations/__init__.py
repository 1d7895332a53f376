"""The schema history of a service that has nothing but the kit."""
