"""Generated pages of the ledgers that ship."""
