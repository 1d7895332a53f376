"""疑似重复: two persons in the register who may be one, adjudicated, merged and restored."""
