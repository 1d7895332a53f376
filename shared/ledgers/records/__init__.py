"""Records (台账记录): what stands in a ledger, whatever the ledger is about."""
