"""Queries over contacts of tags and their versions, and over what a clerk has to look after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Uuid, and_, case, exists, func, literal, null, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.registry.persons.models import Person
from services.registry.persons.repository.conditions import in_scope
from services.registry.tag_contacts.domain import VALID, DueContact, DueReason
from services.registry.tag_contacts.models import TagContact, TagContactVersion
from services.registry.tags.domain import NEEDS_GUARDIAN, Family
from services.registry.tags.models import Tag
from shared.auth.scope import Scope
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.tags import TagContactRole
from shared.db.row_versions import RowVersionRepository


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose contacts a list shows: persons in a scope by the care family, in another by the sensitive one."""

    care: Scope
    sensitive: Scope


class TagContactRepository:
    """Contacts of tags. Whoever changes one holds the lock on the row of the tag's person."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.history = RowVersionRepository(session, TagContactVersion, TagContactVersion.contact_id)

    async def add(self, contact: TagContact) -> None:
        """A new one, inserted at once."""
        self._session.add(contact)
        await self._session.flush()

    async def get(self, id: UUID) -> TagContact | None:
        """One by id, as it is now. The caller asks the scope of the tag's person, and of the tag's family."""
        statement = select(TagContact).where(TagContact.id == id)
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def of(self, tag_id: UUID) -> Sequence[TagContact]:
        """A tag's, oldest first, ended and withdrawn ones too."""
        return await self._all(TagContact.tag_id == tag_id)

    async def started_by(self, event_id: UUID) -> Sequence[TagContact]:
        """Those that a merge handed over, oldest first."""
        return await self._all(TagContact.started_by == event_id)

    async def due_reason(self, id: UUID) -> DueReason | None:
        """Why this valid contact has to be looked after; None: it does not."""
        gone = _gone(TagContact.id == id)
        reason = await self._session.scalar(select(_reason(gone)).join(gone, gone.c.asked == TagContact.party_id))
        return DueReason(reason) if reason in set(DueReason) else None

    async def due(self, seen: Seen, within: Scope, *, after: UUID | None, limit: int) -> Sequence[DueContact]:
        """What has to be looked after, of open tags of persons in scope and `within` an area, by id."""
        listed = _due(seen, within)
        statement = select(listed).order_by(listed.c.id).limit(limit)
        if after is not None:
            statement = statement.where(listed.c.id > after)
        return [
            DueContact(**{**row._mapping, "reason": DueReason(row.reason)})
            for row in await self._session.execute(statement)
        ]

    async def count_due(self, seen: Seen, within: Scope) -> int:
        """How many `due` lists in all."""
        return await self._session.scalar(select(func.count()).select_from(_due(seen, within))) or 0

    async def _all(self, which: ColumnElement[bool]) -> Sequence[TagContact]:
        statement = select(TagContact).where(which).order_by(TagContact.began_on, TagContact.id)
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).all()


def _due(seen: Seen, within: Scope) -> Any:
    """The one predicate of list and count: contacts who are gone, and tags that need a guardian and have none."""
    visible = and_(
        or_(
            and_(Tag.family == str(Family.CARE), in_scope(seen.care)),
            and_(Tag.family == str(Family.SENSITIVE), in_scope(seen.sensitive)),
        ),
        within.where(Person.residence_area, Person.registration_area),
        Tag.ended_on.is_(None),
    )
    tag = (Tag.id.label("tag_id"), Tag.person_id, Tag.family, Tag.code)
    gone = _gone(TagContact.status == str(VALID))
    reason = _reason(gone)
    contacts = (
        select(TagContact.id.label("id"), reason.label("reason"), *tag, TagContact.id.label("contact_id"))
        .join(Tag, Tag.id == TagContact.tag_id)
        .join(Person, Person.id == Tag.person_id)
        .join(gone, gone.c.asked == TagContact.party_id)
        .where(visible, TagContact.status == str(VALID))
        .where(reason.in_([str(one) for one in DueReason]), TagContact.kept_for.is_distinct_from(reason))
    )
    own = aliased(Tag)
    known = exists().where(
        TagContact.tag_id == own.id,
        own.person_id == Tag.person_id,
        own.family == Tag.family,
        own.ended_on.is_(None),
        TagContact.role == str(TagContactRole.GUARDIAN),
        TagContact.status == str(VALID),
    )
    missing = (
        select(
            Tag.id.label("id"),
            literal(str(DueReason.NO_GUARDIAN)).label("reason"),
            *tag,
            null().cast(Uuid).label("contact_id"),
        )
        .join(Person, Person.id == Tag.person_id)
        .where(visible, Tag.code.in_(NEEDS_GUARDIAN), ~known)
    )
    return union_all(contacts, missing).subquery("due")


def _reason(gone: CTE) -> ColumnElement[str]:
    """What became of a contact, by the names of `DueReason`; the status of the person if that is none."""
    return case((gone.c.id == TagContact.person_id, literal(str(DueReason.SAME_PERSON))), else_=gone.c.status)


def _gone(which: ColumnElement[bool]) -> CTE:
    """Contacts of the register who are no more what they were, each with who goes on for them."""
    person, next_one = aliased(Person), aliased(Person)
    own = (
        select(TagContact.party_id.label("asked"), person.id, person.merged_into, person.status)
        .join(person, person.id == TagContact.party_id)
        .where(which, person.status != str(PersonStatus.ACTIVE))
    )
    way = own.distinct().cte("way", recursive=True)
    way = way.union(
        select(way.c.asked, next_one.id, next_one.merged_into, next_one.status).join(
            next_one, next_one.id == way.c.merged_into
        )
    )
    return select(way.c.asked, way.c.id, way.c.status).where(way.c.merged_into.is_(None)).cte("gone")
