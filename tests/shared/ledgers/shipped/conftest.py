"""The four services with the ledgers that ship."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.crypto.service import Crypto
from shared.testing.clock import FrozenClock
from shared.testing.plugin import DatabaseOf
from tests.shared.ledgers.shipped.house import House

HouseOf = Callable[[str], Awaitable[House]]


@pytest.fixture
def clock() -> FrozenClock:
    """The day of which the samples were counted."""
    return FrozenClock(datetime(2026, 11, 28, 2, tzinfo=UTC))


@pytest.fixture
def house_of(committed_of: DatabaseOf, clock: FrozenClock, crypto: Crypto, tmp_path: Path) -> HouseOf:
    """A service that knows the county: `await house_of("grid")`, the same one each time."""
    made: dict[str, House] = {}

    async def find(owner: str) -> House:
        if owner not in made:
            found = await committed_of(owner)
            made[owner] = House.of(owner, found, found.database, clock, crypto, tmp_path)
            await made[owner].knows_the_county()
        return made[owner]

    return find
