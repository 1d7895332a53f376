"""就近办理: a resident of another village is served at a counter with the resident's own proof."""
