"""Two who raise, take note or set a rule at once: one does; a scan and a step at once leave what is true."""

import asyncio
from collections import Counter
from datetime import date

from sqlalchemy import text

from services.services_hall.case_warnings.service.scanning import WarningScan
from services.services_hall.case_warnings.service.warnings import restate
from shared.auth.access_log import AccessNotes
from shared.contracts.services_hall.case_warnings import CaseWarningState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door
from tests.services_hall.case_warnings.planting import plant, told, warned
from tests.services_hall.case_warnings.samples import RULE
from tests.services_hall.case_warnings.test_api import post
from tests.services_hall.case_warnings.test_scan import Scans, set_to
from tests.services_hall.case_warnings.test_scan import scan as scan
from tests.services_hall.conftest import CLERK, VILLAGE, CaseIn, Facts, Step


async def test_two_scans_at_once_raise_each_warning_once(
    item: str, person: object, committed: Database, crypto: Crypto, clock: FrozenClock
) -> None:
    """Whatever lock the schedule holds: the table lets one of two be written, and that one is announced."""
    await plant(committed, item, VILLAGE, 40, at=clock.now(), due=date(2026, 3, 20))
    set_to(clock, "2026-03-23")

    async def one() -> None:
        async with committed.session() as session:
            outbox = Outbox(session, owner="services_hall", clock=clock)
            scan = WarningScan(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
            await scan.scan(500)
            await session.commit()

    await asyncio.gather(*(one() for _ in range(3)))
    found = await warned(committed)
    assert (len(found), set(found.values())) == (80, {1})
    announced = await told(committed)
    assert (len(announced), set(announced.values())) == (80, {1})


async def test_of_two_who_take_note_one_is_told_that_it_is_done(
    case_in: CaseIn, door: Door, scan: Scans, clock: FrozenClock
) -> None:
    await case_in("accepted")
    set_to(clock, "2026-03-20")
    await scan()
    async with door.client(CLERK) as client:
        (one,) = (await client.get("/case-warnings")).json()["items"]
    path = f"/case-warnings/{one['id']}/acknowledge"
    answers = await asyncio.gather(*(post(door, path, CLERK) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    stale = await post(door, f"/case-warnings/{one['id']}/reopen", CLERK, headers={"If-Match": '"1"'})
    assert stale.status_code == 412


async def test_of_two_who_set_a_rule_of_one_level_one_does(door: Door) -> None:
    answers = await asyncio.gather(*(post(door, "/warning-rules", json=RULE) for _ in range(3)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 2}
    made = next(answer.json() for answer in answers if answer.status_code == 201)
    gone = await asyncio.gather(*(post(door, f"/warning-rules/{made['id']}/withdraw") for _ in range(2)))
    assert sorted(answer.status_code for answer in gone) == [200, 409]


async def test_a_decision_and_a_scan_at_once_leave_a_decided_case_and_no_second_warning(
    case_in: CaseIn, step: Step, scan: Scans, clock: FrozenClock, committed: Database
) -> None:
    case = await case_in("accepted")
    set_to(clock, "2026-03-20")
    decided, raised = await asyncio.gather(step(case, "decide"), scan())
    assert decided.status_code == 200
    assert len(raised) <= 1
    assert await scan() == []
    assert sum((await warned(committed)).values()) == len(raised)


async def test_warnings_are_told_again_on_request_as_they_stand(
    case_in: CaseIn, door: Door, scan: Scans, clock: FrozenClock, committed: Database, facts: Facts
) -> None:
    for _ in range(3):
        await case_in("accepted")
    set_to(clock, "2026-03-20")
    await scan()
    async with door.client(CLERK) as client:
        first = (await client.get("/case-warnings")).json()["items"][0]
    assert (await post(door, f"/case-warnings/{first['id']}/acknowledge", CLERK)).status_code == 200
    latest = {str(fact.state.id): fact.state for fact in await facts("services_hall.case_warning")}
    found: dict[str, CaseWarningState] = {}
    after: str | None = None
    async with committed.session() as session:
        while page := await restate(session, after, 2):
            found |= {str(fact.state.id): fact.state for fact in page}
            after = str(page[-1].state.id)
    assert found == latest
    assert sorted(one.version for one in found.values()) == [1, 1, 2]


async def test_a_case_that_lies_elsewhere_is_told_where_it_lies(
    case_in: CaseIn, scan: Scans, clock: FrozenClock, committed: Database
) -> None:
    case = await case_in("accepted")
    async with committed.session() as session:
        await session.execute(
            text("UPDATE cases SET held_area = '450481114', held_department = 'health' WHERE id = :id"),
            {"id": case["id"]},
        )
        await session.commit()
    set_to(clock, "2026-03-20")
    assert await scan() == [("limit", "yellow", "holder", "450481114", "health")]
