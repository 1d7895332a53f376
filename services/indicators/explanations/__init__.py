"""数值来源: what a figure is made of, down to the aggregates that were counted."""
