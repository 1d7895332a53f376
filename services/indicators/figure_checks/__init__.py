"""数值核对: what is stored of figures is held against what is below it, and against the states."""
