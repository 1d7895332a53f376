"""Authentication (OIDC), authorisation (grants and scopes) and the access log."""
