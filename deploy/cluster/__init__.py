"""A real Kubernetes control plane without containers: built from source, on loopback, pods simulated by kwok."""
