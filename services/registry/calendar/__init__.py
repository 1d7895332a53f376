"""工作日历: working days by year."""
