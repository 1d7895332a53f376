"""事项表格: items taken in from tables and JSON as drafts, and taken out."""
