"""In over HTTP: parse, call one use case, return."""
