"""What granted cases of the hall ask for, as it reaches registry under test."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from services.registry.features import ROUTES
from shared.auth.access_log import AccessNotes
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.envelope import FACTS
from shared.contracts.services_hall.case_effects import CaseEffectKind, CaseEffectState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.messaging.outbox.tables import OutboxMessage
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals
from tests.registry.builders import VILLAGE, a_person
from tests.registry.steps import PERSONS

Answers = Callable[[], Awaitable[list[tuple[UUID, int, str, str | None]]]]
Context = Callable[[Any], PlainContext]
GRID = f"{VILLAGE}001"
SQUARE = ((111.0, 22.9), (111.1, 22.9), (111.1, 23.0), (111.0, 22.9))


def an_effect(person: str | UUID, **what: Any) -> CaseEffectState:
    fields: dict[str, Any] = {
        "id": new_id(),
        "version": 1,
        "person_id": person,
        "kind": CaseEffectKind.RESIDENCE_REGISTRATION,
        "area": VILLAGE,
        "starts_on": date(2026, 3, 10),
        "status": EffectStatus.ASKED,
    }
    return CaseEffectState(**(fields | what))


@pytest.fixture
def arrivals(committed: Database, clock: FrozenClock, crypto: Crypto) -> Arrivals:
    return Arrivals(committed, ROUTES, owner="registry", clock=clock, crypto=crypto)


@pytest.fixture
def context(clock: FrozenClock, crypto: Crypto) -> Context:
    return lambda session: PlainContext(
        session, clock, Outbox(session, owner="registry", clock=clock), crypto, AccessNotes(clock)
    )


@pytest.fixture
def answers(committed: Database) -> Answers:
    """What was answered so far, in order: case, asking, status, code."""

    async def read() -> list[tuple[UUID, int, str, str | None]]:
        statement = select(OutboxMessage).where(OutboxMessage.noun == "registry.case_effect_answer")
        async with committed.session() as session:
            rows = (await session.scalars(statement.order_by(OutboxMessage.id))).all()
        told: list[Any] = [FACTS[(row.type, row.schema_version)].model_validate_json(row.payload).state for row in rows]
        return [(one.id, one.asked, str(one.status), one.code) for one in told]

    return read


async def gone(client: Any, **what: Any) -> str:
    """Somebody of the register who moved out of the county."""
    answer = await client.post(PERSONS, json=a_person(**what))
    assert answer.status_code == 201, answer.text
    person = str(answer.json()["id"])
    left = await client.post(f"{PERSONS}/{person}/move-out", json={"occurred_on": "2026-02-10"})
    assert left.is_success, left.text
    return person


async def residence(client: Any, person: str) -> list[tuple[str, str, str | None]]:
    spans = (await client.get(f"{PERSONS}/{person}")).json()["residence"]
    return [(one["area"], one["start"], one["end"]) for one in spans]


async def lines(committed: Database, person: str) -> list[tuple[str, str, int]]:
    statement = text("SELECT area, kind, amount FROM postings WHERE person_id = :id ORDER BY 1, 2, 3")
    async with committed.session() as session:
        return [tuple(row) for row in await session.execute(statement, {"id": person})]
