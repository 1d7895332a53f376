"""Step of the story in the hall: a case that passes the next statutory holiday and is closed in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from deploy.local.story.client import StoryClient, Who, position_of, require
from deploy.local.story.state import StoryState
from shared.workdays import WorkingCalendar

ITEM = "XL-DEMO-STORY"


@dataclass(frozen=True)
class Year:
    """One year of `GET /registry/v1/calendar`."""

    year: int
    holidays: Sequence[date]
    working_weekends: Sequence[date]
    provisional: bool


async def case(story: StoryState, village: str) -> None:
    """Submitted with a signed extract, accepted, decided, closed; the due date is the calendar's."""
    client, person = story.client, story.persons[0]
    clerk, officer = Who("village_clerk", village), Who("county_officer", "450481")
    days, due, provisional = await _promise(client, clerk, story.today)
    content = {
        "name": "故事事项（演示）",
        "handling_mode": "within_promise",
        "statutory_days": 200,
        "promised_days": days,
        "levels": [9, 12],
    }
    item = await publish(client, officer, ITEM, content)
    body = {"audience": "services_hall", "purpose": "case_handling", "place": village}
    extract = (await client.post(clerk, f"/registry/v1/persons/{person}/extracts", body)).json()["extract"]
    submission = {"item_id": item, "area": village, "extract": extract}
    in_time = await story.figure("CASE-CLOSED-IN-TIME", village)
    query = f"?min_position={story.position}"
    submitted = (await client.post(clerk, f"/services-hall/v1/cases{query}", submission, 201)).json()
    path = f"/services-hall/v1/cases/{submitted['id']}"
    await client.post(clerk, f"{path}/receive", None)
    accepted = (await client.post(clerk, f"{path}/accept", None)).json()
    require(accepted["due_on"] == str(due), f"due {accepted['due_on']}, by the calendar {due}")
    require(
        accepted["due_provisional"] is provisional, f"provisional: {accepted['due_provisional']}, not {provisional}"
    )
    await client.post(officer, f"{path}/decide", {"granted": True})
    closed = await client.post(clerk, f"{path}/close", None)
    require(closed.json()["status"] == "closed", f"the case ended {closed.json()['status']}")
    now = await story.figure("CASE-CLOSED-IN-TIME", village, position=position_of(closed))
    require(now == in_time + 1, f"cases closed in time: {in_time} before, {now} after one")
    kind = "provisional, beyond the announced years" if provisional else "certain"
    client.say(
        9, f"a case of {days} working days is handled", f"{submitted['number']}, due {due} ({kind}), closed in time"
    )


async def _promise(client: StoryClient, who: Who, start: date) -> tuple[int, date, bool]:
    """So many working days that the due date lies behind the next statutory holiday; that date; is it provisional."""
    answer = await client.get(who, "/registry/v1/calendar")
    years = [_year(year) for year in answer["items"]]
    calendar = WorkingCalendar(years)
    holiday = start + timedelta(days=1)
    while calendar.is_working_day(holiday) or holiday.weekday() >= 5:
        holiday += timedelta(days=1)
    days = 1
    while calendar.add(start, days).day <= holiday:
        days += 1
    due = calendar.add(start, days)
    return days, due.day, due.provisional


def _year(year: dict[str, Any]) -> Year:
    return Year(
        year["year"],
        [date.fromisoformat(day) for day in year["holidays"]],
        [date.fromisoformat(day) for day in year["working_weekends"]],
        year["provisional"],
    )


async def publish(client: StoryClient, officer: Who, code: str, content: dict[str, Any]) -> str:
    """The item of a code with a version that says this."""
    found, cursor = None, None
    while found is None:
        page = await client.get(officer, "/services-hall/v1/items", {"limit": 200, "cursor": cursor})
        found = next((item for item in page["items"] if item["code"] == code), None)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    if found is None:
        draft = {"code": code, "department": "civil_affairs", "category": "social_assistance"}
        found = (await client.post(officer, "/services-hall/v1/items", draft, 201)).json()
    if found["published"] is not None and found["published"]["promised_days"] == content["promised_days"]:
        return str(found["id"])  # the story was told today already
    path = f"/services-hall/v1/items/{found['id']}"
    drafted = await client.post(officer, f"{path}/draft", content)
    second = Who(officer.role, officer.area, name="second")
    await client.post(second, f"{path}/publish", None, headers={"If-Match": drafted.headers["ETag"]})
    return str(found["id"])
