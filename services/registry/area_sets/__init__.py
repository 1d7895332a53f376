"""服务社区、片区: area sets beside the tree."""
