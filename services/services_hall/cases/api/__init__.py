"""Cases over HTTP."""
