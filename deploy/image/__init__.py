"""The image without a container engine: the Dockerfile's own instructions, executed in plain folders."""
