"""What is announced of tags: their states, the facts of both families, and all of it once more."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.persons.domain import PersonRecord, spans_of
from services.registry.tags.domain import (
    Family,
)
from services.registry.tags.repository import TagRecord, TagRepository
from shared.contracts.envelope import Fact
from shared.contracts.registry.tags import (
    RestrictedTagContactsChanged,
    RestrictedTagEnded,
    RestrictedTagFollowed,
    RestrictedTagReopened,
    RestrictedTagRestated,
    RestrictedTagStarted,
    RestrictedTagState,
    TagContact,
    TagContactsChanged,
    TagEnded,
    TagFollowed,
    TagReopened,
    TagRestated,
    TagStarted,
    TagState,
)

STARTED: dict[Family, Any] = {Family.CARE: TagStarted, Family.SENSITIVE: RestrictedTagStarted}
ENDED: dict[Family, Any] = {Family.CARE: TagEnded, Family.SENSITIVE: RestrictedTagEnded}
REOPENED: dict[Family, Any] = {Family.CARE: TagReopened, Family.SENSITIVE: RestrictedTagReopened}
FOLLOWED: dict[Family, Any] = {Family.CARE: TagFollowed, Family.SENSITIVE: RestrictedTagFollowed}
CONTACTS_CHANGED: dict[Family, Any] = {
    Family.CARE: TagContactsChanged,
    Family.SENSITIVE: RestrictedTagContactsChanged,
}
RESTATED: dict[Family, Any] = {Family.CARE: TagRestated, Family.SENSITIVE: RestrictedTagRestated}
STATES: dict[Family, Any] = {Family.CARE: TagState, Family.SENSITIVE: RestrictedTagState}


def state_of(tag: TagRecord, person: PersonRecord) -> TagState | RestrictedTagState:
    """State of a tag, with what it repeats of its person: residence, sex, month of birth."""
    state: TagState | RestrictedTagState = STATES[Family(tag.family)](
        id=tag.id,
        version=tag.version,
        person_id=tag.person_id,
        code=tag.code,
        level=tag.level,
        started_on=tag.started_on,
        ended_on=tag.ended_on,
        residence=spans_of(person.residence),
        sex=person.sex,
        birth_month=person.birth_month,
        contacts=tuple(TagContact.model_validate(one) for one in tag.contacts),
    )
    return state


def repeated(person: PersonRecord) -> tuple[object, ...]:
    """What a tag repeats of its person: if it changes, the tag is announced again."""
    return person.sex, person.birth_month, person.residence


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
    """Restated facts of the next care tags, their persons' rows locked."""
    return await _restate(session, after, limit, Family.CARE)


async def restate_restricted(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
    """Restated facts of the next sensitive tags, their persons' rows locked."""
    return await _restate(session, after, limit, Family.SENSITIVE)


async def _restate(session: AsyncSession, after: str | None, limit: int, family: Family) -> Sequence[Fact[Any]]:
    found = await TagRepository(session).locked_after(UUID(after) if after else None, limit, family)
    return [RESTATED[family](state=state_of(one.tag, one.person)) for one in found]
