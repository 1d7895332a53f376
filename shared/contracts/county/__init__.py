"""What county systems send in (`county.inbound.*`): untrusted, strict on reading."""
