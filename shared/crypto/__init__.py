"""Field encryption, blind index, key ring, masking, signed extracts."""
