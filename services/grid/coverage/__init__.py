"""网格覆盖情况: overlaps and gaps between the grids of a village, and days on which nobody answers for one."""
