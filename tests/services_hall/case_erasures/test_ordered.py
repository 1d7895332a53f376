"""What the hall does of an erasure: applicants go with the last step of their cases, and it answers when it is done."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import text

from services.services_hall.features import FEATURES, ROUTES
from shared.auth.access_log import AccessNotes
from shared.contracts.registry.erasures import ErasureState, ErasureStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.feature import schedules_of
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.services_hall.case_erasures.conftest import Bring, digests, sealed
from tests.services_hall.cases.whole import Whole
from tests.services_hall.conftest import COUNTY_OFFICER, CaseIn, Facts, Step, Submit, a_person

NOUN = "services_hall.erasure_answer"


def an_erasure(*persons: UUID, status: str = "ordered", id: UUID | None = None, version: int = 2) -> ErasureState:
    """What registry announces."""
    return ErasureState(id=id or new_id(), version=version, status=ErasureStatus(status), persons=persons)


async def applicants(database: Database) -> list[int]:
    """How long what is sealed of each is."""
    async with database.session() as session:
        return list(await session.scalars(text("SELECT length(snapshot) FROM applicants ORDER BY case_id")))


async def every_day(database: Database, clock: FrozenClock, crypto: Crypto, name: str = "erasures") -> None:
    """What the schedule does."""
    (schedule,) = (one for one in schedules_of(FEATURES) if one.name == name)
    async with database.session() as session:
        outbox = Outbox(session, owner="services_hall", clock=clock)
        await schedule.run(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
        await session.commit()


async def test_who_applied_is_erased_once_the_case_has_ended(
    case_in: CaseIn, step: Step, arrivals: Arrivals, person: UUID, committed: Database, facts: Facts,
    clock: FrozenClock, crypto: Crypto,
) -> None:  # fmt: skip
    await case_in("closed")
    handled = await case_in("accepted")
    asked = an_erasure(person)
    await arrivals.take(asked)
    assert sorted(length > 0 for length in await applicants(committed)) == [False, True]
    await every_day(committed, clock, crypto)
    (told,) = await facts(NOUN)
    assert (told.state.id, told.state.persons, told.state.done_at) == (asked.id, (person,), None)
    assert (told.state.counts["applicants"], told.state.counts["kept"]) == (1, 1)
    assert (await step(handled, "withdraw")).status_code == 200
    clock.advance(days=1)
    await every_day(committed, clock, crypto)
    assert await applicants(committed) == [0, 0]
    last = (await facts(NOUN))[-1]
    assert (last.state.version, last.state.done_at, last.state.counts["applicants"]) == (2, clock.now(), 2)
    assert "kept" not in last.state.counts


async def test_others_are_left_and_what_is_not_decided_erases_nobody(
    case_in: CaseIn, arrivals: Arrivals, person: UUID, committed: Database, facts: Facts
) -> None:
    await case_in("closed")
    for status in ("requested", "refused", "withdrawn"):
        await arrivals.take(an_erasure(person, status=status))
    assert await facts(NOUN) == []
    await arrivals.take(an_erasure(new_id()))
    assert [length > 0 for length in await applicants(committed)] == [True]
    (told,) = await facts(NOUN)
    assert told.state.done_at is not None


async def test_an_erasure_that_comes_again_is_answered_once(
    case_in: CaseIn, arrivals: Arrivals, person: UUID, committed: Database, facts: Facts
) -> None:
    await case_in("closed")
    asked = an_erasure(person)
    await arrivals.take(asked)
    await arrivals.take(asked)  # delivered again
    await arrivals.take(asked, revision=1)  # restated
    await arrivals.take(an_erasure(person, id=asked.id, version=5, status="done"))
    assert len(await facts(NOUN)) == 1
    assert await applicants(committed) == [0]


async def test_a_hall_that_was_restored_erases_what_came_back(
    case_in: CaseIn, arrivals: Arrivals, person: UUID, committed: Database
) -> None:
    """A backup from before the decision has neither the task nor the state: both are read again."""
    await case_in("closed")
    asked = an_erasure(person)
    async with committed.session() as session:
        before = (await session.execute(text("SELECT case_id, snapshot FROM applicants"))).one()
    await arrivals.take(asked)
    async with committed.session() as session:
        await session.execute(text("UPDATE applicants SET snapshot = :snapshot"), {"snapshot": before.snapshot})
        for table in ("erasure_tasks", "projected_states WHERE noun = 'registry.erasure'"):
            await session.execute(text(f"DELETE FROM {table}"))
        await session.commit()
    await arrivals.take(an_erasure(person, id=asked.id, version=5, status="done"))
    assert await applicants(committed) == [0]


async def test_what_is_first_read_in_a_rebuild_is_erased_with_the_days(
    case_in: CaseIn, person: UUID, committed: Database, facts: Facts, clock: FrozenClock, crypto: Crypto
) -> None:
    """A hall that was down when somebody was erased, and is rebuilt before it has read on."""
    await case_in("closed")
    shadow = Arrivals(committed, ROUTES, owner="services_hall", clock=clock, crypto=crypto, shadow=True)
    asked = an_erasure(person)
    await shadow.take(asked)
    assert await facts(NOUN) == []
    await every_day(committed, clock, crypto)
    assert await applicants(committed) == [0]
    (told,) = await facts(NOUN)
    assert (told.state.id, told.state.done_at) == (asked.id, clock.now())
    await Arrivals(committed, ROUTES, owner="services_hall", clock=clock, crypto=crypto, shadow=True).take(
        asked, revision=1
    )
    await every_day(committed, clock, crypto)
    assert len(await facts(NOUN)) == 1, "what was erased before the rebuild is not erased again"


async def test_who_was_typed_is_erased_by_the_number_of_an_extract(
    typed: Bring, submit: Submit, extract_of: Callable[..., str], arrivals: Arrivals, person: UUID, committed: Database,
    facts: Facts,
) -> None:  # fmt: skip
    """The register's order names ids alone: the same person typed elsewhere is found by the hall's own digest."""
    mine = await typed("withdrawn", {"document_number": " 4504 8119900307019x "})
    other = await typed("withdrawn")
    known = await submit(extract=extract_of(person))
    assert await sealed(committed, mine["id"], other["id"], known["id"]) == [True, True, True]
    await arrivals.take(an_erasure(person))
    assert await sealed(committed, mine["id"], other["id"], known["id"]) == [False, True, True]
    assert await digests(committed, mine["id"], other["id"], known["id"]) == [0, 1, 1]
    (told,) = await facts(NOUN)
    assert (told.state.counts["applicants"], told.state.counts["kept"]) == (1, 1)


async def test_who_was_typed_is_known_while_the_case_goes_on_and_erased_when_it_ends(
    typed: Bring, whole: Whole, submit: Submit, arrivals: Arrivals, person: UUID, committed: Database,
    clock: FrozenClock, crypto: Crypto, facts: Facts,
) -> None:  # fmt: skip
    """The extract's own row goes at once, with the number by which the typed one was found."""
    handled = await typed("accepted", {"document_number": "45048119900307019X"})
    ended = await whole.do(await submit(), "withdraw")
    await arrivals.take(an_erasure(person))
    assert await sealed(committed, handled["id"], ended["id"]) == [True, False]
    assert await digests(committed, handled["id"], ended["id"]) == [1, 0]
    await whole.do(handled, "withdraw")
    clock.advance(days=1)
    await every_day(committed, clock, crypto)
    assert await sealed(committed, handled["id"]) == [False]
    assert (await facts(NOUN))[-1].state.done_at == clock.now()


async def test_who_was_removed_is_erased_though_the_case_goes_on(
    whole: Whole, door: Door, extract_of: Callable[..., str], arrivals: Arrivals, committed: Database
) -> None:
    spouse = new_id()
    await arrivals.take(a_person(spouse))
    case = await whole.bring("submitted")
    party = ("persons", {"capacity": "spouse", "extract": extract_of(spouse, document_number="321083197812162119")})
    case = await whole.do(case, party)
    async with door.client(COUNTY_OFFICER) as client:
        party_id = (await client.get(f"/cases/{case['id']}/persons")).json()["items"][1]["id"]
    await whole.do(case, f"persons/{party_id}/remove")
    await arrivals.take(an_erasure(spouse))
    assert await sealed(committed, party_id, case["id"]) == [False, True]


async def test_nothing_is_erased_before_everybody_can_be_found_by_number(
    typed: Bring, whole: Whole, submit: Submit, arrivals: Arrivals, person: UUID, committed: Database,
    clock: FrozenClock, crypto: Crypto,
) -> None:  # fmt: skip
    """Rows from before there were digests: whoever is erased first would take the number along."""
    old = await typed("withdrawn", {"document_number": "45048119900307019X"})
    ended = await whole.do(await submit(), "withdraw")
    async with committed.session() as session:
        await session.execute(text("DELETE FROM case_digests"))
        await session.execute(text("UPDATE applicants SET digested = false"))
        await session.commit()
    await arrivals.take(an_erasure(person))
    assert await sealed(committed, old["id"], ended["id"]) == [True, True]
    clock.advance(days=1)
    await every_day(committed, clock, crypto, "case_digests")
    assert await digests(committed, old["id"], ended["id"]) == [1, 1]
    await every_day(committed, clock, crypto)
    assert await sealed(committed, old["id"], ended["id"]) == [False, False]
