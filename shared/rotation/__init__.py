"""Rotation of keys: what lies under which key, everything sealed anew, old keys that are still needed."""
