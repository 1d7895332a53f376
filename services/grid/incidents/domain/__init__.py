"""Incidents (事件): codes, the table of their lifecycle, rules, refusals."""
