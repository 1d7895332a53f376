"""What county systems send in (`county.inbound.*`): untrusted, one class per noun. Empty until the first release."""
