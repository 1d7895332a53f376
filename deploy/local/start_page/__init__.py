"""Start page and reverse proxy of the local stack: one origin for the four services and their documents."""
