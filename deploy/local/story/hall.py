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
    await _claim(client, clerk, submitted["id"])
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
    await _rate(client, clerk, officer, path)


async def _claim(client: StoryClient, clerk: Who, case: str) -> None:
    """The clerk finds the case among the tasks of the village, and works on it."""
    query = {"area": clerk.area, "status": "submitted", "assigned": "free", "limit": 200}
    found = await client.get(clerk, "/services-hall/v1/tasks", query)
    [task] = [one for one in found["items"] if one["case_id"] == case]
    claimed = (await client.post(clerk, f"/services-hall/v1/tasks/{task['id']}/claim", None)).json()
    require(claimed["assigned_to"] == clerk.subject, f"the task is {claimed['assigned_to']}'s")


async def _rate(client: StoryClient, clerk: Who, officer: Who, path: str) -> None:
    """The applicant is not satisfied, by a signed link: that is to be put right within five working days."""
    issued = (await client.post(clerk, f"{path}/rating-links", {"contact": "closing"}, 201)).json()
    said = {"token": issued["token"], "level": 2, "reasons": ["slow"]}
    await client.post(clerk, "/services-hall/v1/contact-ratings", said, 201)
    await client.post(clerk, "/services-hall/v1/contact-ratings", said, 409)
    rows = (await client.get(officer, "/services-hall/v1/rectifications", {"area": clerk.area}))["items"]
    [row] = [one for one in rows if path.endswith(one["case_id"])]
    called = f"/services-hall/v1/rectifications/{row['id']}/call-back"
    caller = Who("village_clerk", clerk.area, name="caller")
    moved = (await client.post(caller, called, {"outcome": "confirmed"})).json()
    require(moved["status"] == "called_back", f"the rectification is {moved['status']}")
    client.say(9, "the applicant rates the closing by a link", f"not satisfied; called back, due {row['due_on']}")


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
