"""Use cases of area sets (服务社区、片区)."""
