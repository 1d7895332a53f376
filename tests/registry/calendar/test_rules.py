"""What a year's calendar may say, and that the years of notices are kept when years are seeded."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from services.registry.calendar.domain import check_year
from shared.db.engine import Database
from shared.errors import Invalid
from tests.registry.builders import COUNTY, TOWN, VILLAGE
from tests.registry.conftest import Client, Events, Work
from tests.registry.steps import CALENDAR, REGISTRAR, Json, assert_refused, given

SATURDAY = date(2027, 1, 2)


def notice(**what: object) -> Json:
    return {"holidays": ["2027-01-01"], "working_weekends": ["2027-01-02"], "source": "gbf-2026-7", **what}


def refusals(year: int, holidays: list[date], working: list[date]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        check_year(year, holidays, working)
    return [(error.path, error.code) for error in refused.value.errors]


@pytest.mark.parametrize("offset", range(7))
def test_only_saturdays_and_sundays_are_worked_instead(offset: int) -> None:
    day = SATURDAY + timedelta(days=offset)
    if offset < 2:
        check_year(2027, [], [day])
    else:
        assert refusals(2027, [], [day]) == [("working_weekends", "weekday")]


def test_a_holiday_may_fall_on_any_day_of_its_year() -> None:
    check_year(2027, [date(2027, 1, 1) + timedelta(days=n) for n in range(365)], [])
    check_year(2004, [], [])
    check_year(2100, [], [])


def test_everything_that_is_wrong_is_named_at_once() -> None:
    assert refusals(2003, [date(2027, 1, 2)], [date(2027, 1, 2), date(2027, 1, 4)]) == [
        ("path.year", "range"),
        ("holidays", "year"),
        ("working_weekends", "year"),
        ("working_weekends", "weekday"),
        ("working_weekends", "overlap"),
    ]
    assert refusals(2101, [], []) == [("path.year", "range")]


def test_a_notice_says_days_of_its_year_and_of_the_one_before_and_of_none_else() -> None:
    saturday = date(2005, 12, 31)
    check_year(2006, [date(2005, 12, 30)], [saturday])
    assert refusals(2007, [], [saturday]) == [("working_weekends", "year")]
    assert refusals(2005, [date(2006, 1, 1)], []) == [("holidays", "year")]
    with pytest.raises(Invalid):
        check_year(2006, [], [saturday], provisional=True)
    assert refusals(2004, [date(2003, 12, 31)], []) == [("holidays", "year")]


async def test_a_notice_that_names_days_of_other_years_is_refused_by_their_dates_and_told_where_they_belong(
    client_of: Client, events: Events
) -> None:
    body = {
        "holidays": ["2006-01-01", "2006-01-02", "2006-01-03", "2007-01-01", "2007-01-02"],
        "working_weekends": ["2006-01-28", "2004-12-25"],
        "source": "gbfmd-2005-35",
    }
    answer = await client_of(*REGISTRAR).post(f"{CALENDAR}/2006/publish", json=body)
    assert_refused(answer, "invalid_request", [("holidays", "year"), ("working_weekends", "year")])
    assert [one["message"] for one in answer.json()["errors"]] == [
        "2007-01-01、2007-01-02不在2006年内，请补入2007年的工作日历",
        "2004-12-25不在2006年内，请补入2004年的工作日历",
    ]
    assert await events() == []


async def test_other_wrong_days_of_a_notice_are_named_too(client_of: Client) -> None:
    body = notice(holidays=["2027-01-02"], working_weekends=["2027-01-02", "2027-01-04"])
    answer = await client_of(*REGISTRAR).post(f"{CALENDAR}/2027/publish", json=body)
    assert [one["message"] for one in answer.json()["errors"]] == [
        "2027-01-04不是周六或周日", "2027-01-02不得既放假又上班",
    ]  # fmt: skip


@pytest.mark.parametrize("source", ["statutory", "chinesecalendar-1.11.0", "chinesecalendar-9"])
async def test_a_notice_names_no_source_of_ours(client_of: Client, source: str) -> None:
    answer = await client_of(*REGISTRAR).post(f"{CALENDAR}/2027/publish", json=notice(source=source))
    assert_refused(answer, "invalid_request", [("source", "reserved")])


async def test_years_from_older_data_of_ours_are_renewed_and_notices_are_not(
    client_of: Client, work: Work, events: Events, committed: Database
) -> None:
    await work(lambda registry: registry.calendar.seed())
    published = given(await client_of(*REGISTRAR).post(f"{CALENDAR}/2028/publish", json=LEAP))
    async with committed.session() as session:
        await session.execute(
            text("UPDATE calendar_years SET holidays = '{}', source = 'chinesecalendar-1.0' WHERE year = 2026")
        )
        await session.execute(text("UPDATE calendar_years SET holidays = '{2027-01-01}' WHERE year = 2027"))
        await session.execute(text("UPDATE calendar_years SET source = 'chinesecalendar-1.0' WHERE year = 2025"))
        await session.commit()
    before = len(await events("registry.calendar."))
    assert await work(lambda registry: registry.calendar.seed()) == 2
    years = {one["year"]: one for one in given(await client_of(*REGISTRAR).get(CALENDAR))["items"]}
    assert (years[2026]["version"], years[2027]["version"], years[2025]["version"]) == (2, 2, 1)
    assert "2026-02-17" in years[2026]["holidays"]
    assert "2027-02-09" in years[2027]["holidays"]
    assert years[2028] == published
    assert len(await events("registry.calendar.")) == before + 2


async def test_a_published_year_is_sorted_and_each_day_once(client_of: Client, events: Events) -> None:
    body = notice(
        holidays=["2027-10-02", "2027-10-01", "2027-10-02"], working_weekends=["2027-10-09", "2027-01-02", "2027-01-02"]
    )
    made = given(await client_of(*REGISTRAR).post(f"{CALENDAR}/2027/publish", json=body))
    assert made == {
        "year": 2027,
        "holidays": ["2027-10-01", "2027-10-02"],
        "working_weekends": ["2027-01-02", "2027-10-09"],
        "by_next_notice": [],
        "provisional": False,
        "source": "gbf-2026-7",
        "version": 1,
    }
    assert given(await client_of("agent", VILLAGE).get(CALENDAR)) == {"items": [made]}
    (told,) = await events("registry.calendar.")
    del made["by_next_notice"]
    assert told["state"] == {"id": "2027", **made}
    assert (told["type"], told["key"]) == ("registry.calendar.published", "2027")


WRONG: list[tuple[str, Json, list[tuple[str, str]]]] = [
    ("2027", {}, [("holidays", "missing"), ("working_weekends", "missing"), ("source", "missing")]),
    (
        "2027",
        notice(source="国办发明电〔2026〕7号", holidays=["x"], provisional="perhaps", region="45"),
        [
            ("source", "string_pattern_mismatch"),
            ("holidays.0", "date_from_datetime_parsing"),
            ("provisional", "bool_type"),
            ("body", "extra_forbidden"),
        ],
    ),
    ("2027", notice(holidays=["2027-01-01"] * 61), [("holidays", "too_long")]),
    ("2027", notice(working_weekends=["2027-01-02"] * 31), [("working_weekends", "too_long")]),
    ("2027", notice(working_weekends=["2027-01-04"]), [("working_weekends", "weekday")]),
    ("2027", notice(holidays=["2027-01-02"]), [("working_weekends", "overlap")]),
    ("2026", notice(), [("holidays", "year"), ("working_weekends", "year")]),
    ("2028", notice(provisional=True), [("holidays", "year"), ("working_weekends", "year")]),
    ("1948", notice(), [("path.year", "greater_than_equal")]),
    ("2101", notice(), [("path.year", "less_than_equal")]),
    ("next", notice(), [("path.year", "int_parsing")]),
]


async def test_a_wrong_notice_is_told_every_wrong_field_and_published_in_no_part(
    client_of: Client, events: Events
) -> None:
    for year, body, errors in WRONG:
        answer = await client_of(*REGISTRAR).post(f"{CALENDAR}/{year}/publish", json=body)
        assert_refused(answer, "invalid_request", errors)
        assert await events() == []
        assert given(await client_of(*REGISTRAR).get(CALENDAR)) == {"items": []}


async def test_everybody_reads_it_and_the_registrar_publishes(client_of: Client) -> None:
    for role in (
        "resident",
        "agent",
        "grid_worker",
        "village_clerk",
        "town_officer",
        "department_officer",
        "county_officer",
        "assessor",
        "auditor",
        "integrator",
        "operator",
    ):
        given(await client_of(role, TOWN).get(CALENDAR))
        answer = await client_of(role, COUNTY).post(f"{CALENDAR}/2027/publish", json=notice())
        assert_refused(answer, "forbidden")


async def test_a_notice_survives_the_seed_and_fills_no_gap_twice(client_of: Client, work: Work, events: Events) -> None:
    """What the registrar published stands, however often the worker looks for missing years."""
    client = client_of(*REGISTRAR)
    published = given(await client.post(f"{CALENDAR}/2026/publish", json={**notice(), **LATER}))
    added = await work(lambda registry: registry.calendar.seed())
    assert added > 3
    assert await work(lambda registry: registry.calendar.seed()) == 0
    years = {one["year"]: one for one in given(await client.get(CALENDAR))["items"]}
    assert years[2026] == published
    assert list(years) == sorted(years)
    assert [one["sequence"] for one in await events("registry.calendar.")] == [1] * len(years)
    provisional = [year for year, one in years.items() if one["provisional"]]
    assert provisional == sorted(years)[-3:]


LEAP = {"holidays": ["2028-01-01"], "working_weekends": [], "source": "gbf-2027-9"}
LATER = {"holidays": ["2026-12-31"], "working_weekends": ["2026-12-26"], "source": "late"}
