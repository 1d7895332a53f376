"""区划更新: next year's division file, compared with the tree and carried out as one."""
