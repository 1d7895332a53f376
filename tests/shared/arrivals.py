"""Builders of records as a consumer gets them: no broker needed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from shared.contracts.catalogue import TOPICS
from shared.contracts.envelope import Fact, noun_of
from shared.contracts.grid.grids import GridDrawn, GridState
from shared.contracts.registry.areas import AreaOpened, AreaState
from shared.contracts.registry.tags import TagStarted, TagState
from shared.ids import EVENT_NAMESPACE, event_id
from shared.messaging.bus.cloudevents import headers
from shared.messaging.dead_letters.store import StoredRecord

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
VILLAGE = "450481100201"
_offsets = count()

Told = TagState | AreaState | GridState


def an_id(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(EVENT_NAMESPACE, name)


def a_tag(name: str = "tag", version: int = 1, **what_matters: Any) -> TagState:
    parts: dict[str, Any] = {
        "person_id": an_id("person of " + name),
        "code": "lone_elder",
        "started_on": date(2026, 1, 1),
        "residence": [{"area": VILLAGE, "kind": "registered", "start": date(2020, 1, 1)}],
        "sex": "2",
        "birth_month": "1940-05",
    }
    return TagState(id=an_id(name), version=version, **{**parts, **what_matters})


def an_area(code: str = VILLAGE, version: int = 1, **what_matters: Any) -> AreaState:
    parts: dict[str, Any] = {
        "name": "谢村",
        "level": len(code),
        "kind": "villagers_committee",
        "parent": code[:9],
        "valid_from": date(2000, 1, 1),
    }
    return AreaState(id=code, code=code, version=version, **{**parts, **what_matters})


def a_grid(code: str = VILLAGE + "001", version: int = 1) -> GridState:
    square = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0))
    return GridState(
        id=code,
        code=code,
        version=version,
        village=code[:12],
        kind="comprehensive",
        polygon=square,
        valid_from=date(2026, 1, 1),
    )


def told(state: Told) -> Fact[Any]:
    """The fact that began a state."""
    match state:
        case TagState():
            return TagStarted(state=state)
        case AreaState():
            return AreaOpened(state=state)
        case GridState():
            return GridDrawn(state=state)


def a_record(
    fact: Fact[Any] | Told,
    *,
    type_: str | None = None,
    schema_version: int = 1,
    revision: int = 0,
    partition: int = 0,
    offset: int | None = None,
    key: bytes | None = None,
    value: bytes | None = None,
    time: datetime = AT,
    traceparent: str | None = None,
) -> StoredRecord:
    """The record of a fact, as the relay writes it; anything may be made wrong."""
    fact = fact if isinstance(fact, Fact) else told(fact)
    type_ = type_ or fact.type
    subject, sequence = fact.state.subject, fact.state.version
    return StoredRecord(
        topic=TOPICS[noun_of(fact.type)].name,
        partition=partition,
        offset=next(_offsets) if offset is None else offset,
        key=subject.encode() if key is None else key,
        value=fact.model_dump_json().encode() if value is None else value,
        headers=headers(
            event_id=event_id(subject, sequence, revision, type_),
            type_=type_,
            schema_version=schema_version,
            subject=subject,
            time=time,
            sequence=sequence,
            revision=revision,
            traceparent=traceparent,
        ),
    )


def records(*states: Told) -> Sequence[StoredRecord]:
    return [a_record(state) for state in states]
