"""A case from submission to its end, over HTTP."""

import asyncio
import base64
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.clock import SHANGHAI
from shared.contracts.registry.calendar import CalendarState
from shared.crypto.extracts import ExtractSigner
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, NAME, NUMBER, VILLAGE, Submit, publish_item


async def step(door: Door, case: Any, verb: str, body: Any = None, principal: Any = CLERK) -> Any:
    async with door.client(principal) as client:
        return await client.post(f"/cases/{case['id']}/{verb}", json=body)


async def events(database: Database) -> list[tuple[str, int, Any]]:
    async with database.session() as session:
        rows = await session.execute(
            text("SELECT type, sequence, payload FROM outbox WHERE noun LIKE '%case' ORDER BY id")
        )
        return [(row.type, row.sequence, json.loads(row.payload)) for row in rows]


async def test_a_case_goes_its_whole_way(door: Door, submit: Submit, committed: Database, clock: FrozenClock) -> None:
    case = await submit()
    assert case["number"] == "VILLAGE-CERT-01202603160001"
    assert (case["status"], case["due_on"]) == ("submitted", None)
    assert (await step(door, case, "receive")).json()["due_on"] is None
    accepted = (await step(door, case, "accept")).json()
    assert (accepted["due_on"], accepted["due_provisional"]) == ("2026-03-23", False)
    decided = await step(door, case, "decide", {"granted": True}, COUNTY_OFFICER)
    assert decided.json()["granted"] is True
    closed = (await step(door, case, "close")).json()
    assert closed["status"] == "closed"
    facts = await events(committed)
    assert [(type_.rsplit(".", 1)[1], sequence) for type_, sequence, _ in facts] == [
        ("submitted", 1),
        ("received", 2),
        ("accepted", 3),
        ("decided", 4),
        ("closed", 5),
    ]
    assert facts[-1][2]["state"]["due_on"] == "2026-03-23"
    async with door.client(CLERK) as client:
        detail = (await client.get(f"/cases/{case['id']}")).json()
    assert [one["step"] for one in detail["steps"]] == ["submit", "receive", "accept", "decide", "close"]


@pytest.mark.parametrize(
    ("accepted", "days", "due", "provisional"),
    [
        ("2026-09-30", 5, "2026-10-13", False),
        ("2026-02-13", 1, "2026-02-14", False),
        ("2026-02-14", 1, "2026-02-24", False),
        ("2026-10-03", 0, "2026-10-08", False),
        ("2026-10-03", 1, "2026-10-08", False),
        ("2026-12-31", 1, "2027-01-04", True),
    ],
)
async def test_the_due_date_counts_working_days(
    door: Door, submit: Submit, clock: FrozenClock, accepted: str, days: int, due: str, provisional: bool
) -> None:
    mode = "at_once" if days == 0 else "within_promise"
    item = await publish_item(door, "VECTOR-01", promised_days=days, handling_mode=mode)
    case = await submit(item_id=item)
    day = date.fromisoformat(accepted)
    clock.set(datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI))
    await step(door, case, "receive")
    answer = (await step(door, case, "accept")).json()
    assert (answer["due_on"], answer["due_provisional"]) == (due, provisional)


async def test_a_provisional_due_date_is_computed_again_when_the_year_is_announced(
    door: Door, submit: Submit, clock: FrozenClock, arrivals: Arrivals, committed: Database
) -> None:
    case = await submit()
    clock.set(datetime(2026, 12, 30, 9, tzinfo=SHANGHAI))
    await step(door, case, "receive")
    before = (await step(door, case, "accept")).json()
    assert before["due_provisional"]
    year = CalendarState(
        id="2027", version=1, year=2027, holidays=(date(2027, 1, 1), date(2027, 1, 4)),
        working_weekends=(date(2027, 1, 2),), provisional=False, source="notice",
    )  # fmt: skip
    await arrivals.take(year)
    await arrivals.take(year, revision=1)
    async with door.client(CLERK) as client:
        after = (await client.get(f"/cases/{case['id']}")).json()
    assert (after["due_on"], after["due_provisional"]) == ("2027-01-07", False)
    assert [type_ for type_, _, _ in await events(committed)][-1] == "services_hall.case.rescheduled"
    assert after["version"] == before["version"] + 1


async def test_two_clerks_accept_and_one_wins(door: Door, submit: Submit, committed: Database) -> None:
    case = await submit()
    await step(door, case, "receive")
    answers = await asyncio.gather(*(step(door, case, "accept") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"case_transition_not_allowed"}
    assert sum(type_.endswith("accepted") for type_, _, _ in await events(committed)) == 1


async def test_serials_of_a_day_are_never_given_twice(door: Door, submit: Submit) -> None:
    cases = await asyncio.gather(*(submit() for _ in range(6)))
    assert sorted(case["number"][-4:] for case in cases) == [f"{serial:04d}" for serial in range(1, 7)]


async def test_a_case_keeps_the_version_it_pinned(door: Door, submit: Submit, item: str) -> None:
    first = await submit()
    async with door.client(COUNTY_OFFICER) as client:
        etag = (await client.get(f"/items/{item}")).headers["etag"]
        body = {
            "name": "居住证明",
            "handling_mode": "within_promise",
            "statutory_days": 20,
            "promised_days": 1,
            "levels": [12],
        }
        assert (await client.post(f"/items/{item}/publish", json=body, headers={"If-Match": etag})).status_code == 200
        stale = await client.post(f"/items/{item}/publish", json=body, headers={"If-Match": etag})
        assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")
        assert (await client.get(f"/items/{item}/versions/1")).json()["promised_days"] == 5
    second = await submit()
    assert [(case["item_version"], case["promised_days"]) for case in (first, second)] == [(1, 5), (2, 1)]


async def test_a_published_version_never_changes(committed: Database, item: str) -> None:
    async with committed.session() as session:
        with pytest.raises(Exception, match="permission denied"):
            await session.execute(text("UPDATE item_versions SET promised_days = 99"))


@pytest.mark.parametrize("wrong", ["audience", "key", "old", "cut"])
async def test_an_extract_that_does_not_hold_opens_no_case(
    door: Door, person: UUID, item: str, extract_of: Callable[..., str], clock: FrozenClock, wrong: str
) -> None:
    stranger = ExtractSigner.parse("test:" + base64.b64encode(bytes(range(2, 34))).decode())
    extract = {
        "audience": lambda: extract_of(person, audience="grid"),
        "key": lambda: extract_of(person, signer=stranger),
        "old": lambda: extract_of(person),
        "cut": lambda: extract_of(person)[:-4],
    }[wrong]()
    if wrong == "old":
        clock.set(clock.now() + timedelta(minutes=11))
    async with door.client(CLERK) as client:
        answer = await client.post("/cases", json={"item_id": item, "area": VILLAGE, "extract": extract})
    assert (answer.status_code, answer.json()["code"]) == (422, "extract_not_valid")
    assert extract not in answer.text


async def test_a_person_whom_registry_did_not_announce_has_no_case_yet(
    door: Door, item: str, person: UUID, extract_of: Callable[..., str]
) -> None:
    async with door.client(CLERK) as client:
        body = {"item_id": item, "area": VILLAGE, "extract": extract_of(new_id())}
        answer = await client.post("/cases", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "person_not_known")


async def test_an_item_is_accepted_at_its_levels_only(door: Door, person: UUID, extract_of: Callable[..., str]) -> None:
    item = await publish_item(door, "TOWN-ONLY", levels=[9])
    async with door.client(CLERK) as client:
        body = {"item_id": item, "area": VILLAGE, "extract": extract_of(person)}
        answer = await client.post("/cases", json=body)
    assert answer.json()["code"] == "item_not_accepted_here"


async def test_nothing_personal_leaves_the_hall(door: Door, submit: Submit, committed: Database) -> None:
    case = await submit()
    await step(door, case, "receive")
    async with committed.session() as session:
        outbox = "".join(
            str(row) for row in await session.execute(text("SELECT convert_from(payload, 'UTF8') FROM outbox"))
        )
        sealed = (await session.execute(text("SELECT snapshot FROM applicants"))).scalar_one()
    for secret in (NAME, NUMBER):
        assert secret not in outbox
        assert secret.encode() not in bytes(sealed)
        assert secret not in json.dumps(case)
    assert [entry.action for entry in door.accesses.entries] == ["submit"]


async def test_a_list_is_as_long_as_its_count_for_every_role(door: Door, submit: Submit) -> None:
    for _ in range(3):
        await submit()
    callers = [
        CLERK,
        COUNTY_OFFICER,
        a_principal("village_clerk", "450481114202"),
        a_principal("town_officer", "450481114"),
    ]
    seen = []
    for caller in callers:
        async with door.client(caller) as client:
            listed = (await client.get("/cases", params={"limit": 200})).json()["items"]
            counted = (await client.get("/cases/count")).json()["count"]
            assert len(listed) == counted
            seen.append(counted)
    assert seen == [3, 3, 0, 3]


async def test_pages_show_every_case_once(door: Door, submit: Submit) -> None:
    made = {(await submit())["id"] for _ in range(5)}
    shown: list[str] = []
    cursor: str | None = None
    async with door.client(CLERK) as client:
        while True:
            query = {"limit": 2} | ({} if cursor is None else {"cursor": cursor})
            page = (await client.get("/cases", params=query)).json()
            shown += [case["id"] for case in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    assert len(shown) == 5
    assert set(shown) == made


async def test_a_clerk_of_another_village_is_told_not_found(door: Door, submit: Submit) -> None:
    case = await submit()
    other = a_principal("village_clerk", "450481114202")
    refused = await step(door, case, "receive", principal=other)
    unknown = await step(door, {"id": str(new_id())}, "receive", principal=other)
    assert refused.status_code == unknown.status_code == 404
    assert refused.json()["code"] == unknown.json()["code"] == "not_found"


async def test_the_same_key_gives_the_same_answer_and_one_case(
    door: Door, person: UUID, item: str, extract_of: Callable[..., str]
) -> None:
    body = {"item_id": item, "area": VILLAGE, "extract": extract_of(person)}
    async with door.client(CLERK) as client:
        first, second = [await client.post("/cases", json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
        count = (await client.get("/cases/count")).json()["count"]
    assert first.content == second.content
    assert count == 1
