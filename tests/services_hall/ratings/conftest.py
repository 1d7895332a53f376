"""Ratings of cases that were closed."""

import pytest

from shared.testing.doors import Door
from tests.services_hall.conftest import CaseIn
from tests.services_hall.ratings.hands import Rated


@pytest.fixture
def rated(door: Door, case_in: CaseIn) -> Rated:
    return Rated(door, case_in)
