"""A notice that moves days of the year before: both years follow it, and either can be published again.

国办发明电〔2005〕35号: for New Year 2006, Saturday 2005-12-31 and Sunday 2006-01-28 are worked.
"""

import asyncio

from shared.contracts.registry.calendar import CalendarState
from shared.workdays import WorkingCalendar
from tests.registry.conftest import Client, Events, Work
from tests.registry.steps import CALENDAR, REGISTRAR, Json, given

OF_2005 = {"holidays": ["2005-10-03"], "working_weekends": ["2005-10-08"], "source": "gbfmd-2004-1"}
OF_2006 = {
    "holidays": ["2005-12-30", "2006-01-02"],
    "working_weekends": ["2005-12-31", "2006-01-28"],
    "source": "gbfmd-2005-35",
}
ALONE = {"holidays": ["2006-01-02"], "working_weekends": ["2006-01-28"], "source": "gbfmd-2005-36"}


async def publish(client_of: Client, year: int, body: Json) -> Json:
    return given(await client_of(*REGISTRAR).post(f"{CALENDAR}/{year}/publish", json=body))


async def years_of(client_of: Client) -> dict[int, Json]:
    return {one["year"]: one for one in given(await client_of(*REGISTRAR).get(CALENDAR))["items"]}


def days(year: Json) -> tuple[list[str], list[str], list[str], int]:
    return year["holidays"], year["working_weekends"], year["by_next_notice"], year["version"]


async def test_both_years_follow_one_notice(client_of: Client, events: Events) -> None:
    await publish(client_of, 2005, OF_2005)
    made = await publish(client_of, 2006, OF_2006)
    assert days(made) == (["2006-01-02"], ["2006-01-28"], [], 1)
    years = await years_of(client_of)
    assert years[2006] == made
    assert days(years[2005]) == (
        ["2005-10-03", "2005-12-30"],
        ["2005-10-08", "2005-12-31"],
        ["2005-12-30", "2005-12-31"],
        2,
    )
    assert years[2005]["source"] == "gbfmd-2004-1"
    told = {(one["key"], one["sequence"]): one["state"] for one in await events("registry.calendar.published")}
    assert set(told) == {("2005", 1), ("2005", 2), ("2006", 1)}
    calendar = WorkingCalendar([CalendarState.model_validate(told["2005", 2])])
    worked, off = (CalendarState.model_validate(told["2005", 2]).working_weekends[-1], "2005-12-30")
    assert calendar.is_working_day(worked)
    assert off in told["2005", 2]["holidays"]


async def test_published_again_without_them_the_year_before_is_as_it_was(client_of: Client) -> None:
    before = await publish(client_of, 2005, OF_2005)
    await publish(client_of, 2006, OF_2006)
    await publish(client_of, 2006, ALONE)
    years = await years_of(client_of)
    assert years[2005] == {**before, "version": 3}
    await publish(client_of, 2006, {**ALONE, "source": "gbfmd-2005-37"})
    assert (await years_of(client_of))[2005]["version"] == 3, "what says nothing new makes no version"


async def test_the_year_before_published_again_keeps_what_the_later_notice_said(client_of: Client) -> None:
    """Where both name a day, the later notice holds."""
    await publish(client_of, 2006, OF_2006)
    again = {**OF_2005, "holidays": ["2005-10-03", "2005-12-31"], "working_weekends": []}
    assert days(await publish(client_of, 2005, again))[:3] == (
        ["2005-10-03", "2005-12-30"],
        ["2005-12-31"],
        ["2005-12-30", "2005-12-31"],
    )


async def test_a_year_nobody_published_begins_with_the_laws_own_holidays(client_of: Client) -> None:
    body = {"holidays": ["2039-12-30"], "working_weekends": ["2039-12-31"], "source": "gbf-2039-7"}
    await publish(client_of, 2040, body)
    year = (await years_of(client_of))[2039]
    assert (year["provisional"], year["source"], year["working_weekends"]) == (True, "statutory", ["2039-12-31"])
    assert {"2039-01-01", "2039-10-01", "2039-12-30"} <= set(year["holidays"])


async def test_the_seed_renews_our_own_data_and_keeps_what_a_notice_moved(client_of: Client, work: Work) -> None:
    await work(lambda registry: registry.calendar.seed())
    shipped = await years_of(client_of)
    last = max(year for year, one in shipped.items() if not one["provisional"])
    body = {
        "holidays": [f"{last + 1}-01-01", f"{last}-12-31"],
        "working_weekends": [],
        "source": "gbf-next",
    }
    await publish(client_of, last + 1, body)
    assert await work(lambda registry: registry.calendar.seed()) == 0
    year = (await years_of(client_of))[last]
    assert f"{last}-12-31" in year["holidays"]
    assert set(year["holidays"]) - {f"{last}-12-31"} == set(shipped[last]["holidays"]) - {f"{last}-12-31"}


async def test_neighbouring_years_at_once_lose_nothing(client_of: Client) -> None:
    """Both take the years in their order, so that neither waits for the other for ever."""
    for turn in range(4):
        of_2005 = {**OF_2005, "source": f"a{turn}"}
        await asyncio.gather(publish(client_of, 2006, OF_2006), publish(client_of, 2005, of_2005))
        year = (await years_of(client_of))[2005]
        assert (year["source"], year["by_next_notice"]) == (f"a{turn}", ["2005-12-30", "2005-12-31"])
        await publish(client_of, 2006, ALONE)


async def test_a_weekend_day_worked_by_one_notice_is_off_by_the_later_one(client_of: Client) -> None:
    await publish(client_of, 2005, {**OF_2005, "working_weekends": ["2005-10-08", "2005-12-24"]})
    await publish(client_of, 2006, {**ALONE, "holidays": ["2005-12-24", "2006-01-02"]})
    year = (await years_of(client_of))[2005]
    assert (year["holidays"], year["working_weekends"]) == (["2005-10-03", "2005-12-24"], ["2005-10-08"])
