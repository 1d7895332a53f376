"""居住网格变更答复: proposals of grid, applied under the rules of the register or refused, and answered."""
