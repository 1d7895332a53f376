"""What the hall tells of its cases: one fact for each version, the state as the API shows it, and all of it again."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from services.services_hall.features import SPEC
from shared.contracts.catalogue import nouns_of
from shared.contracts.services_hall.cases import CaseRestated, CaseState
from shared.db.engine import Database
from shared.messaging.outbox.position import Position
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door
from shared.testing.positions import POSITIONS
from tests.grid.builders import until_it_waits
from tests.services_hall.conftest import BODIES, CLERK, WAYS, CaseIn, Facts, Step, Submit

NOUN = "services_hall.case"
FACTS_OF = {
    "receive": "received",
    "accept": "accepted",
    "refuse": "refused",
    "decide": "decided",
    "close": "closed",
    "withdraw": "withdrawn",
}
KEPT_BACK = {
    *("number", "promised_days", "held_centre", "step_due_on", "supply_until", "deliver_by", "review_until"),
    *("suit_until", "competent_department", "retention", "promised_on"),
    *("remaining_days", "step_remaining_days", "overdue"),
}
"""What the API shows of a case and no event says: the number carries the day's serial of an item."""


def comparable(values: dict[str, Any]) -> dict[str, Any]:
    """The same with instants as instants: events carry UTC, the API +08:00."""
    return {
        name: datetime.fromisoformat(value) if isinstance(value, str) and name.endswith("_at") else value
        for name, value in values.items()
    }


@pytest.mark.parametrize(
    "way", [*WAYS.values(), ("receive", "withdraw"), ("receive", "accept", "withdraw")], ids="-".join
)
async def test_each_version_of_a_case_is_one_fact_with_the_state_that_the_api_shows(
    submit: Submit, step: Step, facts: Facts, clock: FrozenClock, way: tuple[str, ...]
) -> None:
    shown = [await submit()]
    for verb in way:
        clock.advance(minutes=10)
        answer = await step(shown[0], verb)
        shown.append(answer.json())
        assert POSITIONS.open(answer.headers["xiangli-position"]) == Position.of([(NOUN, shown[0]["id"], len(shown))])
    told = await facts(NOUN)
    assert [fact.type for fact in told] == [
        f"{NOUN}.{name}" for name in ("submitted", *(FACTS_OF[verb] for verb in way))
    ]
    assert [fact.state.version for fact in told] == list(range(1, len(way) + 2))
    for fact, view in zip(told, shown, strict=True):
        kept = {name: value for name, value in view.items() if name not in KEPT_BACK}
        assert comparable(fact.state.model_dump(mode="json", exclude={"former"})) == comparable(kept)
        assert fact.state.former == ()


async def test_looking_counting_and_what_is_refused_tell_nothing(
    door: Door, case_in: CaseIn, step: Step, facts: Facts
) -> None:
    case = await case_in("accepted")
    told = await facts()
    async with door.client(CLERK) as client:
        for path in ("/cases", "/cases/count", f"/cases/{case['id']}"):
            answer = await client.get(path)
            assert "xiangli-position" not in answer.headers
        assert (await client.post(f"/cases/{case['id']}/refuse", json=BODIES["refuse"])).status_code == 409
        assert (await client.post(f"/cases/{case['id']}/decide", json={})).status_code == 403
    assert await facts() == told


def test_every_noun_of_the_hall_can_be_said_again() -> None:
    assert set(SPEC.restate) == set(nouns_of("services_hall"))


async def test_every_case_is_said_again_at_its_version_in_the_order_of_ids(
    case_in: CaseIn, facts: Facts, committed: Database
) -> None:
    for status in WAYS:
        await case_in(status)
    newest: dict[str, CaseState] = {fact.state.subject: fact.state for fact in await facts(NOUN)}
    said: list[Any] = []
    after: str | None = None
    async with committed.session() as session:
        while page := await SPEC.restate[NOUN](session, after, 3):
            assert len(page) <= 3
            said += page
            after = page[-1].state.subject
    assert {type(fact) for fact in said} == {CaseRestated}
    assert [fact.state for fact in said] == [newest[key] for key in sorted(newest, key=UUID)]
    assert len(said) == len(WAYS)


async def test_who_says_a_case_again_keeps_its_next_step_waiting(
    case_in: CaseIn, step: Step, committed: Database
) -> None:
    case = await case_in("received")
    async with committed.session() as restating:
        [fact] = await SPEC.restate[NOUN](restating, None, 10)
        accepting = asyncio.create_task(step(case, "accept"))
        await until_it_waits(accepting, committed)
        assert (fact.state.version, fact.state.status) == (2, "received")
        await restating.rollback()
    assert (await accepting).json()["version"] == 3
