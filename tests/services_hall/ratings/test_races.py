"""Somebody rates, writes about a rating, or arranges a visit while the applicant is erased: no word stays behind."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.services_hall.case_erasures.service.ordered import ApplicantErasing
from shared.auth.access_log import AccessNotes
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from tests.grid.builders import until_it_waits
from tests.services_hall.agencies.carrying import AGENT, DOOR, Carrying
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.cases.test_races import until_two_wait
from tests.services_hall.conftest import COUNTY_OFFICER, refusal
from tests.services_hall.ratings.hands import CALLER, FIXER, REMARK, REVIEWER, Rated

GONE = (409, "applicant_erased")
WORDS = text(
    "SELECT (SELECT count(*) FROM ratings WHERE length(remark) > 0)"
    " + (SELECT count(*) FROM rectification_notes WHERE length(note) > 0)"
    " + (SELECT count(*) FROM agencies WHERE length(visit_address) > 0)"
)


class Erasing:
    """The register orders that somebody is erased; `words`: how many are kept of anybody."""

    def __init__(self, database: Database, crypto: Crypto, clock: FrozenClock) -> None:
        self.database, self._crypto, self._clock = database, crypto, clock

    async def erase(self, person: UUID) -> None:
        async with self.database.session() as session:
            outbox = Outbox(session, owner="services_hall", clock=self._clock)
            context = PlainContext(session, self._clock, outbox, self._crypto, AccessNotes(self._clock))
            assert (await ApplicantErasing(context).erase([person]))["applicants"] > 0
            await session.commit()

    async def words(self) -> int:
        async with self.database.session() as session:
            return int((await session.execute(WORDS)).scalar_one())

    async def first(self, person: UUID, meanwhile: Any) -> Any:
        """What becomes of a request that comes while the erasing waits for one of the rows that it erases."""
        async with self.database.session() as other:
            await other.execute(text("SELECT 1 FROM case_digests FOR UPDATE"))
            erasing = asyncio.create_task(self.erase(person))
            await until_it_waits(erasing, self.database)
            asked = asyncio.create_task(meanwhile)
            await until_two_wait(self.database)
            await other.rollback()
        await erasing
        return await asked


@pytest.fixture
def erasing(committed: Database, crypto: Crypto, clock: FrozenClock) -> Erasing:
    return Erasing(committed, crypto, clock)


async def test_what_is_said_while_its_applicant_is_erased_is_not_kept(
    rated: Rated, erasing: Erasing, person: UUID
) -> None:
    _, token = await rated.link()
    said = await erasing.first(person, rated.ask("/contact-ratings", token=token, level=1, remark=REMARK))
    assert refusal(said)[:2] == (409, "rating_link_over")
    assert await erasing.words() == 0
    assert await rated.listed("ratings") == []


async def test_what_is_written_about_a_rating_while_its_applicant_is_erased_is_not_kept(
    rated: Rated, erasing: Erasing, person: UUID
) -> None:
    row = await rated.low()
    path, told = f"/rectifications/{row['id']}/call-back", {"outcome": "confirmed", "note": REMARK}
    assert refusal(await erasing.first(person, rated.ask(path, CALLER, **told)))[:2] == GONE
    assert await erasing.words() == 0
    await rated.done(path, CALLER, outcome="confirmed")


async def test_nothing_is_written_of_who_was_erased_and_the_rest_goes_on(
    rated: Rated, erasing: Erasing, person: UUID
) -> None:
    row = await rated.low()
    assert await erasing.words() == 1
    await erasing.erase(person)
    steps: list[tuple[str, Any, dict[str, Any]]] = [
        ("call-back", CALLER, {"outcome": "confirmed"}),
        ("rectify", FIXER, {"result": "redone"}),
    ]
    for verb, who, body in steps:
        assert await rated.refused(row, verb, who, **body, note=REMARK) == GONE
        await rated.step(row, verb, who, **body)
    await rated.step(row, "appeal", FIXER, reason="malicious")
    assert await rated.refused(row, "review", REVIEWER, upheld=False, note=REMARK) == GONE
    await rated.step(row, "review", REVIEWER, upheld=False)
    assert await erasing.words() == 0


async def test_no_door_is_kept_of_who_was_erased(carrying: Carrying, erasing: Erasing, person: UUID) -> None:
    agency = await carrying.accepted()
    await carrying.ended(agency)
    path, visit = f"/agencies/{agency['id']}/arrange-visit", {"visit_on": "2026-03-18", "address": DOOR}
    assert refusal(await erasing.first(person, carrying.ask(AGENT, path, visit)))[:2] == GONE
    assert refusal(await carrying.ask(AGENT, path, visit))[:2] == GONE
    assert await erasing.words() == 0
    assert (await carrying.read(COUNTY_OFFICER, f"/agencies/{agency['id']}"))["visit_on"] is None
