"""Records (台账记录) over HTTP."""
