"""Out over HTTP."""
