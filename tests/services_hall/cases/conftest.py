"""Cases of an item with materials and a review."""

import pytest

from shared.testing.doors import Arrivals, Door
from tests.services_hall.cases.whole import Whole, whole_item
from tests.services_hall.conftest import Submit, an_area


@pytest.fixture
async def whole(door: Door, submit: Submit, arrivals: Arrivals) -> Whole:
    """The hands on cases of the whole item; the county's own area is known."""
    await arrivals.take(an_area("450481"))
    return Whole(door, submit, await whole_item(door))
