"""Demo county: real divisions of 岑溪, synthetic grids and residents, loaded at the first start."""
