"""Background jobs: lease, heartbeat, progress, resume cursor, cancel."""
