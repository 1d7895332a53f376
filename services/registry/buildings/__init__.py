"""楼栋: buildings."""
