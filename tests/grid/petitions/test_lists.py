"""Petitions: a list is as long as its count for everybody and every filter; rows that cannot be are refused."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.grid.petitions.domain.rules import PetitionLimits, ends
from services.grid.petitions.models import Petition
from shared.contracts.grid.petitions import PetitionState, PetitionStatus
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door
from tests.grid.builders import COUNTY_OFFICER, HANDLER, OTHER_VILLAGE, STRANGER, TOWN, TOWN_OFFICER, VILLAGE
from tests.grid.petitions.test_api import ANSWER, AUDITOR, OTHER_TOWN_OFFICER, did, registered, shown

FILTERS: list[dict[str, Any]] = [
    {},
    {"area": VILLAGE},
    {"area": TOWN},
    {"status": "registered"},
    {"status": "answered"},
    {"overdue": True},
    {"overdue": False},
    {"area": VILLAGE, "overdue": True},
]
SEEN = {"the county": 6, "the town": 4, "another town": 1, "the department": 1, "another department": 0, "auditor": 6}


async def test_a_list_is_as_long_as_its_count_for_everybody_and_every_filter(door: Door, clock: FrozenClock) -> None:
    for area, level in ((VILLAGE, 9), (VILLAGE, 9), (OTHER_VILLAGE, 9), (TOWN, 9), (VILLAGE, 6), ("450481101201", 9)):
        one = await registered(door, area=area, office_digits=level)
    async with door.client(COUNTY_OFFICER) as county:
        [*_, last] = await shown(county, area=TOWN)
        answered = await did(county, await did(county, last, "accept"), "answer", **ANSWER)
        mine = (await shown(county, area=OTHER_VILLAGE))[0]
        await did(county, await did(county, mine, "accept"), "assign", department="urban_management")
    clock.advance(days=16)
    callers = (COUNTY_OFFICER, TOWN_OFFICER, OTHER_TOWN_OFFICER, HANDLER, STRANGER, AUDITOR)
    totals = {}
    for name, who in zip(SEEN, callers, strict=True):
        async with door.client(who) as client:
            for chosen in FILTERS:
                if who is OTHER_TOWN_OFFICER and "area" in chosen:
                    assert (await client.get("/petitions", params=chosen)).status_code == 404
                    continue
                seen: list[str] = []
                params: dict[str, Any] = {**chosen, "limit": 2}
                while True:
                    page = (await client.get("/petitions", params=params)).json()
                    seen += [item["id"] for item in page["items"]]
                    if page["next_cursor"] is None:
                        break
                    params["cursor"] = page["next_cursor"]
                counted = (await client.get("/petitions/count", params=chosen)).json()["count"]
                assert len(set(seen)) == len(seen) == counted, (name, chosen)
                assert seen == sorted(seen, reverse=True), "the newest first"
                if not chosen:
                    totals[name] = counted
    assert totals == SEEN
    async with door.client(TOWN_OFFICER) as town:
        assert [each["id"] for each in await shown(town, status="answered")] == [answered["id"]]
        late = {each["id"] for each in await shown(town, overdue=True)}
        assert len(late) == 2, "neither what was accepted, nor what was answered"
        assert one["id"] not in late


@pytest.mark.parametrize(
    ("status", "days", "act_by"),
    [
        ("registered", {}, "2026-03-17"),
        ("accepted", {"answer_by": "2026-05-01"}, "2026-05-01"),
        ("assigned", {"answer_by": "2026-05-01"}, "2026-05-01"),
        ("answered", {"told_on": "2026-04-01"}, "2026-05-01"),
        ("under_review", {"told_on": "2026-04-01", "review_asked_on": "2026-04-10"}, "2026-05-10"),
        ("reviewed", {"told_on": "2026-06-01"}, "2026-07-01"),
        ("under_final_review", {"told_on": "2026-06-01", "final_asked_on": "2026-06-10"}, "2026-07-10"),
        *((status, {}, None) for status in ("refused", "referred", "finally_reviewed", "withdrawn")),
    ],
)
def test_until_when_the_next_thing_is_to_be_done(status: str, days: dict[str, str], act_by: str | None) -> None:
    read = {name: date.fromisoformat(day) for name, day in days.items()}
    petition = Petition(status=status, registered_on=date(2026, 3, 2), area=VILLAGE, level=9, **read)
    assert petition.act_by == (None if act_by is None else date.fromisoformat(act_by))
    assert ends(date(2026, 3, 2), PetitionLimits().accept) == date(2026, 3, 17)


def test_the_state_names_nobody_and_every_status_has_a_chinese_name() -> None:
    hidden = {"name", "phone", "address", "claim", "note", "answered_by", "department", "reception_id", "told_on"}
    assert not hidden & set(PetitionState.model_fields)
    assert all(status.label for status in PetitionStatus)


@pytest.mark.parametrize(
    "change",
    [
        "level = 12",
        "people = 0",
        "status = 'lost'",
        "form = 'reception'",
        "reception_id = gen_random_uuid()",
    ],
)
async def test_rows_that_cannot_be_are_refused_by_the_database(door: Door, committed: Database, change: str) -> None:
    await registered(door)
    async with committed.session() as session:
        with pytest.raises(IntegrityError):
            await session.execute(text(f"UPDATE petitions SET {change}"))
