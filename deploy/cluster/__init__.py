"""Kubernetes control plane for tests, without containers: built from source, on loopback, pods simulated by kwok."""
