"""Accounts of ledgers (往来账) over HTTP: postings and accounts, months."""
