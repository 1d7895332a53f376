"""指标汇总与考评: figures from states."""
