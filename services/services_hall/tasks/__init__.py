"""工作台: pools of tasks, who works on which, absences, search over cases, and 即办件 in batches."""
