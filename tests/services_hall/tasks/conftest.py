"""Worklists: cases of an item with a review wait at several offices."""

import pytest

from shared.testing.doors import Arrivals, Door
from tests.services_hall.cases.whole import Whole, whole_item
from tests.services_hall.conftest import Submit, an_area
from tests.services_hall.tasks.hands import Bench


@pytest.fixture
async def whole(door: Door, submit: Submit, arrivals: Arrivals) -> Whole:
    """The hands on cases of the whole item; the county's own area and another village are known."""
    await arrivals.take(an_area("450481"), an_area("450481114202"))
    return Whole(door, submit, await whole_item(door))


@pytest.fixture
def bench(door: Door) -> Bench:
    return Bench(door)
