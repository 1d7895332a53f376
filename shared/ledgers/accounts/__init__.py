"""Accounts (往来账户): what the records and areas of a ledger hold, moved by postings that sum to zero."""
