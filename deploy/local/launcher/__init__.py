"""Process supervisor of the local stack (`make run`): starts every program, restarts what ends, stops all at Ctrl-C."""
