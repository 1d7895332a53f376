"""Questions that a change answers by the way: who is refused pays for them, and what was tried is noted as such."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.auth.access_log import AccessNotes, Detail, Result, SystemActor
from shared.clock import Clock
from shared.db import buckets
from shared.errors import DomainError, NotFound, RateLimited, Unavailable
from shared.http.emptied import Emptied
from shared.http.kit import RequestState
from shared.http.route import refuse
from shared.testing.clock import FrozenClock
from shared.testing.plugin import DatabaseOf
from tests.shared.http_service import CLERK
from tests.shared.http_world import HttpWorld, things_world

NAME = "question"


@pytest.fixture
async def world(committed_of: DatabaseOf) -> AsyncIterator[HttpWorld]:
    async with things_world(committed_of) as one:
        yield one


async def tokens(world: HttpWorld) -> list[float]:
    return [row[0] for row in await world.rows("SELECT tokens FROM rate_buckets ORDER BY caller")]


async def test_what_was_answered_already_is_charged_into_debt_and_earned_back(world: HttpWorld, clock: Clock) -> None:
    now = clock.now()
    async with world.database.session() as session:
        assert await buckets.charge(session, NAME, "clerk", 60, now, count=50) == 0
        assert await buckets.charge(session, NAME, "clerk", 60, now, count=50) == pytest.approx(41)
        granted, wait = await buckets.draw(session, NAME, "clerk", 60, now + timedelta(seconds=40))
        assert not granted
        assert wait == pytest.approx(1)
        assert await buckets.take(session, NAME, "clerk", 60, now + timedelta(seconds=41)) is None
        assert await buckets.take(session, NAME, "other", 60, now) is None
        await session.commit()


@pytest.mark.parametrize(
    ("error", "left"),
    [(NotFound(), 57.0), (ValueError(), 57.0), (Unavailable(), None), (RateLimited(), 57.0)],
    ids=["a rule", "a defect of ours", "not now", "a limit"],
)
async def test_a_refusal_pays_for_what_was_asked_unless_it_tells_nothing(
    world: HttpWorld, error: DomainError | ValueError, left: float | None
) -> None:
    state = RequestState(world.app.state.kit, "makeThing", "r-1")
    state.principal = CLERK
    session = state.session = world.database.open_session()
    try:
        await session.connection()
        state.notes.asked[NAME] += 3
        state.notes.asked["of which nothing was asked"] += 0
        await refuse(state, error)
    finally:
        await session.finish()
    assert await tokens(world) == ([] if left is None else [left])


def test_what_was_only_tried_is_noted_as_refused(clock: FrozenClock) -> None:
    notes, clerk = AccessNotes(clock), SystemActor("clerk")
    for action, detail, result in (
        ("read", Detail.MASKED, Result.OK),
        ("register", Detail.WRITE, Result.OK),
        ("correct", Detail.EXISTENCE, Result.NOT_FOUND),
    ):
        notes.note(clerk, action=action, noun="test.thing", object_id=None, detail=detail, result=result)
    notes.refused()
    assert [(one.action, one.result) for one in notes] == [
        ("read", "ok"),
        ("register", "refused"),
        ("correct", "not_found"),
    ]


def test_what_stands_in_the_log_as_done_and_was_not_is_entered_again_as_refused(clock: FrozenClock) -> None:
    notes, clerk = AccessNotes(clock), SystemActor("clerk")
    for action, detail in (("read", Detail.MASKED), ("register", Detail.WRITE)):
        notes.note(clerk, action=action, noun="test.thing", object_id="one", detail=detail)
    written = notes.drain()
    assert [(one.action, one.result) for one in written] == [("read", "ok"), ("register", "ok")]
    again = notes.undone()
    again.note(clerk, action="register", noun="test.thing", object_id="two", detail=Detail.WRITE)
    assert [(one.object_id, one.result) for one in again] == [("one", "refused"), ("two", "ok")]
    notes.refused()
    assert [(one.object_id, one.result) for one in notes.drain()] == [("one", "refused")]
    notes.refused()
    assert not len(notes), "taken back twice"


def test_an_empty_bucket_is_remembered_until_it_fills_and_for_its_caller_only(clock: FrozenClock) -> None:
    emptied = Emptied()
    emptied.note(NAME, "clerk", clock.now(), 2.5)
    with pytest.raises(RateLimited) as refused:
        emptied.refuse(NAME, "clerk", clock.now())
    assert refused.value.retry_after == 3
    emptied.refuse(NAME, "other", clock.now())
    emptied.refuse("other", "clerk", clock.now())
    emptied.refuse(NAME, "clerk", clock.advance(seconds=2.5))
    emptied.note(NAME, "clerk", clock.now(), 9)
    emptied.note(NAME, "clerk", clock.now(), 0)
    emptied.refuse(NAME, "clerk", clock.now())
