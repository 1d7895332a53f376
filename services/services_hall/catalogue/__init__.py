"""事项公开: the catalogue of items as everybody may search and read it, without a login."""
