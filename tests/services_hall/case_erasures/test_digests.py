"""Digests of numbers in cases: one for each key in use, made for whoever had none, made again for another key."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.cases.service.digests import KIND, PersonDigests, digests_of, number_of
from shared.auth.access_log import AccessNotes
from shared.crypto.keyring import KeyRing
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from tests.services_hall.case_erasures.conftest import Bring, digests
from tests.services_hall.cases.whole import Whole
from tests.services_hall.conftest import NAME, NUMBER, Submit

FIELDS = {"document_type": "citizen_id", "document_number": NUMBER, "name": NAME}


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({}, f"citizen_id:{NUMBER}"),
        ({"document_type": "passport"}, f"passport:{NUMBER}"),
        ({"document_number": None}, None),
        ({"document_type": None}, None),
        ({"document_number": ""}, None),
    ],
)
def test_a_number_counts_with_its_type_and_nobody_without_one_has_a_digest(
    changes: dict[str, Any], number: str | None, crypto: Crypto
) -> None:
    assert number_of({**FIELDS, **changes}) == number
    holder = uuid4()
    made = digests_of(crypto, {**FIELDS, **changes}, holder=holder, case_id=holder, person_id=None)
    assert [one["holder"] for one in made] == ([] if number is None else [holder])


def two_keys(*names: str) -> Crypto:
    """Field keys of the tests, and index keys of these names, the first one active."""
    material = {"old": b"o" * 32, "new": b"n" * 32}
    return Crypto(KeyRing({"f1": b"f" * 16}), KeyRing({name: material[name] for name in names}))


def test_equal_numbers_have_equal_digests_under_a_key_and_others_under_another() -> None:
    holder = uuid4()
    whose: dict[str, Any] = {"holder": holder, "case_id": holder, "person_id": None}
    old, both = digests_of(two_keys("old"), FIELDS, **whose), digests_of(two_keys("new", "old"), FIELDS, **whose)
    assert [one["key_id"] for one in both] == ["new", "old"]
    assert both[1]["digest"] == old[0]["digest"] != both[0]["digest"]
    other = digests_of(two_keys("old"), {**FIELDS, "document_number": "321083197812162119"}, **whose)
    assert other[0]["digest"] != old[0]["digest"]
    assert all(NUMBER.encode() not in one["digest"] for one in both)
    assert two_keys("old").blind("person.number", f"citizen_id:{NUMBER}")[0].digest != old[0]["digest"], KIND


@pytest.fixture
def digesting(committed: Database, clock: FrozenClock, crypto: Crypto) -> Callable[[AsyncSession], PersonDigests]:
    def made(session: AsyncSession) -> PersonDigests:
        outbox = Outbox(session, owner="services_hall", clock=clock)
        return PersonDigests(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))

    return made


async def stored(database: Database) -> dict[UUID, tuple[bytes, UUID | None]]:
    async with database.session() as session:
        rows = await session.execute(text("SELECT holder, digest, person_id FROM case_digests"))
        return {row.holder: (bytes(row.digest), row.person_id) for row in rows}


async def test_whoever_had_none_gets_what_a_new_row_would_have(
    typed: Bring, whole: Whole, submit: Submit, person: UUID, committed: Database, digesting: Any
) -> None:
    cases = [await typed("submitted"), await submit(), await whole.do(await submit(), "persons")]
    expected = await stored(committed)
    assert len(expected) == 4
    assert {one for _, one in expected.values()} == {None, person}
    async with committed.session() as session:
        await session.execute(text("DELETE FROM case_digests"))
        for table in ("applicants", "case_parties"):
            await session.execute(text(f"UPDATE {table} SET digested = false"))
        await session.commit()
    rounds = 0
    more = True
    while more:
        async with committed.session() as session:
            more = await digesting(session).fill(3)
            await session.commit()
        rounds += 1
    assert rounds == 2
    assert await stored(committed) == expected
    assert await digests(committed, *(one["id"] for one in cases)) == [1, 1, 1]


async def test_all_are_made_again_page_by_page_and_what_is_there_stays(
    typed: Bring, whole: Whole, submit: Submit, committed: Database, digesting: Any
) -> None:
    for _ in range(3):
        await typed("submitted")
    await whole.do(await submit(), "persons")
    expected = await stored(committed)
    async with committed.session() as session:
        await session.execute(text("DELETE FROM case_digests WHERE person_id IS NULL"))
        await session.commit()
    after: str | None = None
    places = []
    while True:
        async with committed.session() as session:
            after = await digesting(session).remake(after, 2)
            await session.commit()
        places.append(after and after.split(" ")[0])
        if after is None:
            break
    assert places == ["applicants", "applicants", "parties", None]
    assert await stored(committed) == expected


async def test_who_was_erased_gets_no_digest_again(typed: Bring, committed: Database, digesting: Any) -> None:
    case = await typed("withdrawn")
    async with committed.session() as session:
        await session.execute(text("UPDATE applicants SET snapshot = '', digested = false"))
        await session.execute(text("DELETE FROM case_digests"))
        await digesting(session).fill(10)
        assert await digesting(session).remake(None, 10) == "parties"
        await session.commit()
    assert await digests(committed, case["id"]) == [0]
    async with committed.session() as session:
        assert (await session.scalars(text("SELECT digested FROM applicants"))).all() == [True]
