"""Builders of facts, and of outbox rows that were committed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from shared.contracts.envelope import Fact
from shared.contracts.registry.areas import AreaState
from shared.contracts.registry.persons import PersonRegistered, PersonState, PersonStatus
from shared.db.engine import Database
from shared.ids import new_id
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock


def a_person(**what_matters: Any) -> PersonState:
    parts: dict[str, Any] = {
        "id": new_id(),
        "version": 1,
        "status": PersonStatus.ACTIVE,
        "sex": "1",
        "birth_month": "1990-01",
    }
    return PersonState(**{**parts, **what_matters})


def an_area(code: str = "450481", **what_matters: Any) -> AreaState:
    parts: dict[str, Any] = {
        "version": 1,
        "name": "岑溪市",
        "level": 6,
        "kind": "county",
        "parent": None,
        "valid_from": date(2020, 1, 1),
    }
    return AreaState(id=code, code=code, **{**parts, **what_matters})


async def announced(database: Database, clock: FrozenClock, *facts: Fact[Any]) -> None:
    """Adds facts of registry to the outbox, each in a transaction of its own."""
    for fact in facts:
        async with database.session() as session:
            Outbox(session, owner="registry", clock=clock).add(fact)
            await session.commit()


def registered(versions: dict[str, int]) -> list[Fact[Any]]:
    """For each name that many versions of one person, interleaved."""
    people = {name: new_id() for name in versions}
    return [
        PersonRegistered(state=a_person(id=people[name], version=version))
        for version in range(1, max(versions.values()) + 1)
        for name, count in versions.items()
        if version <= count
    ]


def structured(event: Mapping[str, Any], data: bytes) -> bytes:
    """An event in CloudEvents' structured mode: its attributes and data in one value."""
    return orjson.dumps({**event, "data": orjson.Fragment(data)})
