"""指标定义: what an indicator is called and made of."""
