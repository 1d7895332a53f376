"""居住网格变更建议: who lives in which grid after grids changed, proposed to registry."""
