"""Figures: exact rates, remainders, small cells; periods; ranks; and areas as another day's tree has them."""

from services.indicators.figures.domain.figures import (
    AreaFigures,
    Figure,
    hidden_parts,
    in_pieces,
    is_small,
    per_cent,
    percentile_of,
    remainder,
    rough,
    roughly,
    together,
    with_hidden,
)

__all__ = [
    "AreaFigures",
    "Figure",
    "hidden_parts",
    "in_pieces",
    "is_small",
    "per_cent",
    "percentile_of",
    "remainder",
    "rough",
    "roughly",
    "together",
    "with_hidden",
]
