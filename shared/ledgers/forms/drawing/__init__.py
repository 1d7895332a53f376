"""Draws the form of a ledger: what may be filled in when a record is opened, as an XForm by pyxform."""
