"""增量: dated amounts by area, from which every figure is summed."""
