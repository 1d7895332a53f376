"""Use cases of ledgers, by what is done."""
