"""Rates: exact arithmetic, half-up to two decimals of a per cent; nothing of nothing is null."""

from decimal import ROUND_HALF_UP, Decimal


def per_cent(count: int, base: int | None) -> Decimal | None:
    """`count` of `base` in per cent. None when `base` is 0 or unknown: neither 0 % nor 100 % is meant.

    Vector (Tianmen, 2016-12): 911 of 972 → 93.72; 737 of 972 → 75.82.
    """
    if not base:
        return None
    return (Decimal(count) * 100 / Decimal(base)).quantize(Decimal("0.01"), ROUND_HALF_UP)
