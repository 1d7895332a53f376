"""Several officers keep one item at the same moment, on committed connections."""

from asyncio import gather

import httpx
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.db.engine import Database
from shared.reference.departments import DEPARTMENTS
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    DRAFT,
    Facts,
    Submit,
    draft_item,
    draft_version,
    publish_version,
    refusal,
)


async def test_of_those_who_publish_over_the_same_version_one_wins(
    door: Door, item: str, facts: Facts, committed: Database
) -> None:
    drafted = await draft_version(door, item, promised_days=3)
    officers = [a_principal("county_officer", "450481", f"officer-{n}") for n in range(5)]

    async def publish(who: Principal) -> httpx.Response:
        async with door.client(who) as client:
            return await client.post(f"/items/{item}/publish", headers={"If-Match": drafted.headers["etag"]})

    answers = await gather(*(publish(who) for who in officers))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert {refusal(answer)[1] for answer in answers if answer.status_code == 409} == {"item_draft_missing"}
    [won] = [answer.json() for answer in answers if answer.status_code == 200]
    async with committed.session() as session:
        rows = await session.execute(text("SELECT number, promised_days FROM item_versions ORDER BY number"))
    assert [tuple(row) for row in rows] == [(1, 5), (2, won["published"]["promised_days"])]
    told = [(fact.state.version, fact.state.promised_days) for fact in await facts("services_hall.item")]
    assert told == [(1, None), (2, 5), (3, won["published"]["promised_days"])]


async def test_of_those_who_draft_the_same_code_one_wins(door: Door, facts: Facts) -> None:
    answers = await gather(*(draft_item(door, department=one) for one in list(DEPARTMENTS)[:5]))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert {refusal(answer)[1] for answer in answers if answer.status_code == 409} == {"item_code_taken"}
    [fact] = await facts("services_hall.item")
    [won] = [answer.json() for answer in answers if answer.status_code == 201]
    assert (fact.state.subject, fact.state.department) == (won["id"], won["department"])


async def test_one_key_sent_five_times_at_once_drafts_one_item(door: Door, facts: Facts) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        answers = await gather(
            *(client.post("/items", json=DRAFT, headers={"Idempotency-Key": "k-1"}) for _ in range(5))
        )
    made = {answer.content for answer in answers if answer.status_code == 201}
    waiting = [refusal(answer)[:2] for answer in answers if answer.status_code != 201]
    assert len(made) == 1
    assert set(waiting) <= {(409, "request_in_flight")}
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 409)
    assert len(await facts()) == 1


async def test_a_case_that_comes_while_a_version_is_published_pins_the_old_one_or_the_new_one_whole(
    door: Door, item: str, submit: Submit
) -> None:
    answers = await gather(
        *(submit() for _ in range(3)),
        publish_version(door, item, promised_days=1),
        *(submit() for _ in range(3)),
    )
    cases = [answer for answer in answers if isinstance(answer, dict)]
    assert len(cases) == 6
    assert {(case["item_version"], case["promised_days"]) for case in cases} <= {(1, 5), (2, 1)}
    later = await submit()
    assert (later["item_version"], later["promised_days"]) == (2, 1)
    async with door.client(CLERK) as client:
        assert (await client.get(f"/items/{item}")).json()["published"]["number"] == 2
