"""社区概况: what a community has, of registry's own tables, in one request."""
