"""指标试算: what a drafted definition comes to with what is held, area by area, before anybody publishes it."""
