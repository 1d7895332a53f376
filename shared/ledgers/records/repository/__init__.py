"""Every query about records."""
