"""Long work: lease, heartbeat, progress, resume cursor, cancel."""
