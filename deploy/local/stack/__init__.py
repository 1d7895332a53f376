"""One local stack: its ports, its data folder, its PostgreSQL server, its programs and their settings."""
