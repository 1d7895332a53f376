"""The noun *ledger* (台账): drafts, versions that never change, publishing by two people, retiring."""
