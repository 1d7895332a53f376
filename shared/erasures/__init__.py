"""清除: what a service does of an erasure that registry ordered."""
