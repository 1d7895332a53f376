"""Queries on tasks, on the cases behind them, and on who is at work."""
