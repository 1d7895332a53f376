"""Queries over households and their members."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, insert, not_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.households.domain import (
    Belonging,
    Change,
    FormerPlace,
    HouseholdChangeKind,
    HouseholdKind,
    HouseholdPresence,
    HouseholdRecord,
    HouseholdStatus,
    Member,
)
from services.registry.households.models import Household, HouseholdChange, HouseholdMember
from services.registry.households.repository.rows import change_of, change_row, member_row, places
from services.registry.persons.models import Person
from shared.auth.scope import Scope
from shared.db.session import rows_of
from shared.reference.areas import VILLAGE_DIGITS
from shared.reference.relations import HEAD

MEMBER = Base.metadata.tables[HouseholdMember.__tablename__]
HOUSEHOLD = Base.metadata.tables[Household.__tablename__]
CHANGE = Base.metadata.tables[HouseholdChange.__tablename__]
PERSON = Base.metadata.tables[Person.__tablename__]


class HouseholdRepository:
    """Households with their members. Whoever changes members holds the lock on the household's row."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID) -> HouseholdRecord | None:
        """A household with its members. The caller asks the scope."""
        return next(iter(await self._read(select(HOUSEHOLD).where(HOUSEHOLD.c.id == id))), None)

    async def locked(self, id: UUID) -> HouseholdRecord | None:
        """The same, locked to the end of the transaction."""
        statement = select(HOUSEHOLD).where(HOUSEHOLD.c.id == id).with_for_update()
        return next(iter(await self._read(statement)), None)

    async def of_persons(self, person_ids: Collection[UUID]) -> Sequence[HouseholdRecord]:
        """The households to which any of these belongs now, in id order. Their persons are locked before they are."""
        open_ones = select(MEMBER.c.household_id).where(MEMBER.c.person_id.in_(person_ids), MEMBER.c.until.is_(None))
        return await self._read(select(HOUSEHOLD).where(HOUSEHOLD.c.id.in_(open_ones)).order_by(HOUSEHOLD.c.id))

    async def ever_of(self, person_id: UUID) -> Sequence[HouseholdRecord]:
        """The households to which a person belongs, or belonged, in id order."""
        ever = select(MEMBER.c.household_id).where(MEMBER.c.person_id == person_id)
        return await self._read(select(HOUSEHOLD).where(HOUSEHOLD.c.id.in_(ever)).order_by(HOUSEHOLD.c.id))

    async def of_person_locked(self, person_id: UUID) -> Sequence[HouseholdRecord]:
        """The households to which a person belongs now, locked in id order."""
        open_ones = select(MEMBER.c.household_id).where(MEMBER.c.person_id == person_id, MEMBER.c.until.is_(None))
        statement = select(HOUSEHOLD).where(HOUSEHOLD.c.id.in_(open_ones)).order_by(HOUSEHOLD.c.id).with_for_update()
        return await self._read(statement)

    async def shared_ever(self, one: UUID, other: UUID) -> Sequence[HouseholdRecord]:
        """The households to which both of these belong, or belonged."""
        members = [select(MEMBER.c.household_id).where(MEMBER.c.person_id == who) for who in (one, other)]
        both = and_(*(HOUSEHOLD.c.id.in_(ids) for ids in members))
        return await self._read(select(HOUSEHOLD).where(both).order_by(HOUSEHOLD.c.id))

    async def headed_by(self, person_id: UUID, kind: str) -> UUID | None:
        """The household of the kind of which a person is the head now."""
        statement = select(MEMBER.c.household_id).where(
            MEMBER.c.person_id == person_id,
            MEMBER.c.kind == kind,
            MEMBER.c.relation == HEAD,
            MEMBER.c.until.is_(None),
        )
        found: UUID | None = await self._session.scalar(statement)
        return found

    async def belonging(self, person_ids: Collection[UUID], kind: str) -> Mapping[UUID, Belonging]:
        """Where these persons stand with households of the kind; who never belonged to one is left out."""
        if not person_ids:
            return {}
        now = func.bool_or(MEMBER.c.until.is_(None)).label("now")
        statement = (
            select(MEMBER.c.person_id, func.max(MEMBER.c.until).label("left_on"), now)
            .where(MEMBER.c.person_id.in_(person_ids), MEMBER.c.kind == kind)
            .group_by(MEMBER.c.person_id)
        )
        return {row.person_id: Belonging(row.left_on, row.now) for row in await self._session.execute(statement)}

    async def page(
        self, scope: Scope, presence: HouseholdPresence | None, *, after: tuple[str, UUID] | None, limit: int
    ) -> Sequence[HouseholdRecord]:
        """Active households in scope, in the order of area and id."""
        order = (HOUSEHOLD.c.area, HOUSEHOLD.c.id)
        statement = select(HOUSEHOLD).where(*_listed(scope, presence)).order_by(*order).limit(limit)
        if after is not None:
            statement = statement.where(func.row(*order) > func.row(*after))
        return await self._read(statement)

    async def count(self, scope: Scope, presence: HouseholdPresence | None) -> int:
        """How many `page` lists in all."""
        statement = select(func.count()).select_from(HOUSEHOLD).where(*_listed(scope, presence))
        return await self._session.scalar(statement) or 0

    async def locked_after(self, id: UUID | None, limit: int) -> Sequence[HouseholdRecord]:
        """The next households in id order, locked."""
        statement = select(HOUSEHOLD).order_by(HOUSEHOLD.c.id).limit(limit).with_for_update()
        if id is not None:
            statement = statement.where(HOUSEHOLD.c.id > id)
        return await self._read(statement)

    def add(self, households: Sequence[HouseholdRecord]) -> None:
        """New households with their members, inserted with the transaction's last statement."""
        rows = rows_of(self._session)
        for one in households:
            columns = {name: getattr(one, name) for name in HOUSEHOLD.c.keys()}  # noqa: SIM118
            rows.add(HOUSEHOLD, [columns | {"former": places(one)}])
            rows.add(MEMBER, [member_row(one, number, member) for number, member in enumerate(one.members)])

    async def change(self, before: HouseholdRecord, after: HouseholdRecord, change: Change) -> None:
        """Write what differs, and that it changed. The row is locked, so nobody else has moved it."""
        rows_of(self._session).add(CHANGE, [change_row(change)])
        await self._session.execute(
            update(HOUSEHOLD)
            .where(HOUSEHOLD.c.id == after.id, HOUSEHOLD.c.version == before.version)
            .values(version=after.version, status=after.status, dissolved_on=after.dissolved_on)
        )
        if len(after.members) < len(before.members):
            beyond = MEMBER.c.number >= len(after.members)
            await self._session.execute(delete(MEMBER).where(MEMBER.c.household_id == after.id, beyond))
        # Endings first, the head last: a new one may take the place only when the old one has left it.
        changed = [
            (number, member)
            for number, member in enumerate(after.members)
            if number >= len(before.members) or before.members[number] != member
        ]
        for number, member in sorted(changed, key=lambda pair: (pair[1].until is None, pair[1].relation == HEAD)):
            if number >= len(before.members):
                await self._session.execute(insert(MEMBER).values(member_row(after, number, member)))
            else:
                await self._session.execute(
                    update(MEMBER)
                    .where(MEMBER.c.household_id == after.id, MEMBER.c.number == number)
                    .values(relation=member.relation, since=member.since, until=member.until)
                )

    async def all_in_locked(self, villages: Collection[str], day: date) -> Sequence[HouseholdRecord]:
        """Households in these villages that exist on the day or later, locked in id order."""
        lasts = HOUSEHOLD.c.dissolved_on.is_(None) | (HOUSEHOLD.c.dissolved_on > day)
        lies = func.left(HOUSEHOLD.c.area, VILLAGE_DIGITS).in_(villages)
        near = and_(HOUSEHOLD.c.area >= min(villages, default=""), HOUSEHOLD.c.area < max(villages, default="") + "~")
        statement = select(HOUSEHOLD).where(near, lies, lasts).order_by(HOUSEHOLD.c.id).with_for_update()
        return await self._read(statement)

    async def all_locked(self, ids: Collection[UUID]) -> Sequence[HouseholdRecord]:
        """These households, locked in id order."""
        statement = select(HOUSEHOLD).where(HOUSEHOLD.c.id.in_(ids)).order_by(HOUSEHOLD.c.id).with_for_update()
        return await self._read(statement)

    async def relocate(
        self, pairs: Sequence[tuple[HouseholdRecord, HouseholdRecord]], changes: Sequence[Change]
    ) -> None:
        """Other areas for households whose rows are locked, before and after each, and that they changed."""
        if not pairs:
            return
        rows_of(self._session).add(CHANGE, [change_row(one) for one in changes])
        statement = (
            update(HOUSEHOLD)
            .where(HOUSEHOLD.c.id == bindparam("old_id"), HOUSEHOLD.c.version == bindparam("old_version"))
            .values(version=HOUSEHOLD.c.version + 1, area=bindparam("new_area"), former=bindparam("new_former"))
        )
        connection = await self._session.connection()
        rows = [(before.id, before.version, after.area, places(after)) for before, after in pairs]
        names = ("old_id", "old_version", "new_area", "new_former")
        await connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])

    async def changes_of(self, household_id: UUID) -> Sequence[Change]:
        """All changes of a household, oldest first."""
        statement = select(CHANGE).where(CHANGE.c.household_id == household_id).order_by(CHANGE.c.version)
        return [change_of(row) for row in await self._session.execute(statement)]

    async def leavings_by(self, event_id: UUID) -> Sequence[Change]:
        """By household, the last leaving that followed from a life event."""
        left = CHANGE.c.kind.in_([str(HouseholdChangeKind.MEMBER_REMOVED), str(HouseholdChangeKind.DISSOLVED)])
        statement = (
            select(CHANGE)
            .where(CHANGE.c.event_id == event_id, left)
            .order_by(CHANGE.c.household_id, CHANGE.c.version.desc())
            .distinct(CHANGE.c.household_id)
        )
        return [change_of(row) for row in await self._session.execute(statement)]

    async def memberships(self, person_id: UUID, kind: str, *, without: UUID) -> Sequence[Member]:
        """What a person was and is in households of a kind, but for one household."""
        statement = select(MEMBER).where(
            MEMBER.c.person_id == person_id, MEMBER.c.kind == kind, MEMBER.c.household_id != without
        )
        rows = await self._session.execute(statement)
        return [Member(row.person_id, row.relation, row.since, row.until) for row in rows]

    async def _read(self, statement: object) -> Sequence[HouseholdRecord]:
        rows = (await self._session.execute(statement)).all()  # type: ignore[call-overload]  # a select of the table
        members = await self._members([row.id for row in rows])
        return [
            HouseholdRecord(
                id=row.id,
                version=row.version,
                kind=row.kind,
                area=row.area,
                status=row.status,
                established_on=row.established_on,
                dissolved_on=row.dissolved_on,
                members=members.get(row.id, ()),
                former=tuple(FormerPlace(one["area"], date.fromisoformat(one["until"])) for one in row.former),
            )
            for row in rows
        ]

    async def _members(self, ids: Collection[UUID]) -> Mapping[UUID, tuple[Member, ...]]:
        statement = (
            select(MEMBER).where(MEMBER.c.household_id.in_(ids)).order_by(MEMBER.c.household_id, MEMBER.c.number)
        )
        found: dict[UUID, tuple[Member, ...]] = {}
        for row in await self._session.execute(statement):
            member = Member(row.person_id, row.relation, row.since, row.until)
            found[row.household_id] = (*found.get(row.household_id, ()), member)
        return found


def _listed(scope: Scope, presence: HouseholdPresence | None) -> list[ColumnElement[bool]]:
    active = [scope.where(HOUSEHOLD.c.area), HOUSEHOLD.c.status == str(HouseholdStatus.ACTIVE)]
    if presence is None:
        return active
    village, residence = func.left(HOUSEHOLD.c.area, VILLAGE_DIGITS), func.left(PERSON.c.residence_area, VILLAGE_DIGITS)
    here = and_(PERSON.c.residence_until.is_(None), PERSON.c.residence_area.is_not(None), residence == village)
    member = (
        select(MEMBER.c.person_id)
        .join(PERSON, PERSON.c.id == MEMBER.c.person_id)
        .where(MEMBER.c.household_id == HOUSEHOLD.c.id, MEMBER.c.until.is_(None))
    )
    somebody, not_all = exists(member.where(here)), exists(member.where(not_(here)))
    by_presence = {
        HouseholdPresence.HERE: not_(not_all),
        HouseholdPresence.SEPARATED: and_(somebody, not_all),
        HouseholdPresence.VACANT: not_(somebody),
    }
    return [*active, HOUSEHOLD.c.kind == str(HouseholdKind.LEGAL), by_presence[presence]]
