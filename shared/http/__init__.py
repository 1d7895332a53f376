"""The door over HTTP that all services have in common."""
