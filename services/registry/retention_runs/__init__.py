"""保存期满清除: entries of which the years are over, listed, taken out as a table, and erased by order of two."""
