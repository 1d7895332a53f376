"""Suggestions of tags (标签提示): what the register says of old people and children, for a clerk to look into."""
