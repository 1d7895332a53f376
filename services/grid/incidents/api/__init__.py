"""Incidents (事件) over HTTP."""
