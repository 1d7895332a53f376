"""The noun *move* (版本迁移): live records are taken over into a version that is not merely more of the same."""
