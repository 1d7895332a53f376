"""What anybody reads of two cases of a village, one of which was rated low: nothing tells which, nor that one was."""

from typing import Any

from sqlalchemy import select

from shared.contracts.catalogue import TOPICS
from shared.contracts.envelope import noun_of
from shared.db.engine import Database
from shared.messaging.outbox.tables import OutboxMessage
from tests.services_hall.conftest import COUNTY_OFFICER
from tests.services_hall.ratings.hands import CALLER, FIXER, REMARK, REVIEWER, Rated


async def published(database: Database) -> list[tuple[str, str, int, bytes]]:
    """Every message that a reader of all published topics has, in order."""
    async with database.session() as session:
        rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [
            (row.type, str(row.key), row.sequence, bytes(row.payload))
            for row in rows
            if TOPICS[noun_of(row.type)].published
        ]


async def seen(rated: Rated, case: Any) -> list[Any]:
    """What a clerk sees of a case, and by which version."""
    async with rated.door.client(COUNTY_OFFICER) as client:
        answer = await client.get(f"/cases/{case['id']}")
        listed = await client.get("/cases")
    return [answer.headers["etag"], answer.json(), listed.json()]


async def test_a_rating_and_all_that_follows_moves_nothing_that_is_published(rated: Rated, committed: Database) -> None:
    """A day of a rating: given, called back, put right, appealed, overturned; another given and taken back."""
    first, token = await rated.link()
    second, other = await rated.link()
    before, shown = await published(committed), [await seen(rated, one) for one in (first, second)]
    assert {"services_hall.case.closed"} <= {one[0] for one in before}
    await rated.done("/contact-ratings", token=token, level=1, remark=REMARK, reasons=["slow"])
    [row] = await rated.listed("rectifications")
    await rated.step(row, "call-back", CALLER, outcome="confirmed", note=REMARK)
    await rated.step(row, "rectify", FIXER, result="redone")
    await rated.step(row, "appeal", FIXER, reason="malicious")
    await rated.step(row, "review", REVIEWER, upheld=True)
    await rated.done("/contact-ratings", token=other, level=2)
    await rated.done("/contact-ratings/withdraw", token=other)
    assert await published(committed) == before, "no message, no version, no order of messages"
    assert [await seen(rated, one) for one in (first, second)] == shown
    async with committed.session() as session:
        told = set(await session.scalars(select(OutboxMessage.type)))
    assert "services_hall.rating.given" in told
