"""Checksums that nobody could compare are none: a comparison that fails would be tried for ever, before all others."""

from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts.checksums import BUCKETS
from shared.contracts.envelope import STATES

STATE = STATES["registry.checksum"]
GOOD: dict[str, Any] = {
    "id": "registry.person",
    "version": 1,
    "taken_at": "2026-11-03T19:00:00Z",
    "counts": [3] * BUCKETS,
    "sums": ["0" * 16] * BUCKETS,
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"counts": [3]},
        {"counts": [3] * (BUCKETS + 1)},
        {"counts": [-1] * BUCKETS},
        {"counts": [2**63] * BUCKETS},
        {"run": 2**63},
        {"run": -1},
        {"taken_at": "0001-01-01T00:00:00Z"},
        {"taken_at": "9999-12-31T23:59:59Z"},
        {"taken_at": "2026-11-03T19:00:00"},
    ],
)
def test_a_checksum_that_cannot_be_compared_is_refused_as_it_arrives(wrong: dict[str, Any]) -> None:
    assert STATE.model_validate(GOOD | {"run": 4}).version == 1
    with pytest.raises(ValidationError):
        STATE.model_validate(GOOD | wrong)
