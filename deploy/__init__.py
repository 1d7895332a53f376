"""What runs the services."""
