"""Agencies (代办件) over HTTP."""
