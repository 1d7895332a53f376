"""指标数值: values, breakdowns and series."""
