"""Development OIDC issuer of the local stack."""
