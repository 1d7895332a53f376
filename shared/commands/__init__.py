"""What `python -m services.<service> <verb>` does: one file per kind of verb, loaded when it is asked for."""
