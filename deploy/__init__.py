"""Deployment of the services: local stack, container image, compose file, Helm chart, and what they are tested with."""
