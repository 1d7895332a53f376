"""访问记录: who looked at a person."""
