"""Lunar birthdays over HTTP: converted for everybody who may read the calendar, refused if there is no such day."""

import pytest

from tests.registry.builders import COUNTY, VILLAGE
from tests.registry.conftest import Client
from tests.registry.steps import CALENDAR, assert_refused, given

CONVERT = f"{CALENDAR}/lunar-days/convert"


@pytest.mark.parametrize(
    ("lunar", "solar"),
    [
        ({"year": 1978, "month": 7, "day": 30}, "1978-09-02"),
        ({"year": 2023, "month": 2, "day": 1, "leap": True}, "2023-03-22"),
        ({"year": 2023, "month": 2, "day": 1}, "2023-02-20"),
    ],
)
async def test_a_lunar_birthday_is_converted(client_of: Client, lunar: dict[str, int], solar: str) -> None:
    for role, area in (("village_clerk", VILLAGE), ("integrator", COUNTY)):
        assert given(await client_of(role, area).post(CONVERT, json=lunar)) == {"solar_on": solar}


@pytest.mark.parametrize(
    "lunar",
    [
        {"year": 2022, "month": 2, "day": 1, "leap": True},
        {"year": 2026, "month": 1, "day": 30, "leap": True},
        {"year": 2025, "month": 12, "day": 30},
        {"year": 1900, "month": 1, "day": 1},
        {"year": 2100, "month": 1, "day": 1},
    ],
)
async def test_a_day_that_is_not_there_is_refused(client_of: Client, lunar: dict[str, int]) -> None:
    answer = await client_of("agent", VILLAGE).post(CONVERT, json=lunar)
    assert_refused(answer, "no_lunar_day", [("day", "no_lunar_day")])


async def test_what_is_no_day_at_all_is_refused_by_its_field(client_of: Client) -> None:
    answer = await client_of("agent", VILLAGE).post(CONVERT, json={"year": 2022, "month": 13, "day": 31})
    assert_refused(answer, "invalid_request", [("month", "less_than_equal"), ("day", "less_than_equal")])
