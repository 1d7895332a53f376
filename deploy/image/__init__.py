"""Image builder for tests, without a container engine: executes the Dockerfile in plain root folders."""
