"""Spreadsheets as communities keep them: read row by row, recognised by their titles, written. Knows no HTTP."""
