"""网格人员: who works in a grid, from when to when, and who answers for it on a day."""
