"""Spreadsheets of ledgers: template, import and export by the ledger's definition."""
