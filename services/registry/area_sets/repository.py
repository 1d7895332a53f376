"""Queries over area sets, their members and their versions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, false, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.area_sets.domain import IN_USE, WITHDRAWN, AreaSetFilter, Membership
from services.registry.area_sets.models import AreaSet, AreaSetMember, AreaSetVersion
from shared.auth.scope import Scope, inside
from shared.db.row_versions import RowVersionRepository
from shared.reference.areas import VILLAGE_DIGITS

CHANGING = 0x61736574  # "aset": the advisory lock of whoever changes a set


class AreaSetRepository:
    """Area sets by the area that holds their members. Whoever writes one holds the lock on all, after its villages."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.history = RowVersionRepository(session, AreaSetVersion, AreaSetVersion.area_set_id)

    async def lock(self) -> None:
        """Keep everybody else from changing sets until the end of the transaction: an area joins one of a kind."""
        await self._session.execute(select(func.pg_advisory_xact_lock(CHANGING)))

    async def add(self, new: AreaSet) -> None:
        """A new one, inserted at once."""
        self._session.add(new)
        await self._session.flush()

    async def get(self, id: UUID) -> AreaSet | None:
        """One by id. The caller asks the scope."""
        return await self._session.get(AreaSet, id)

    async def locked(self, id: UUID) -> AreaSet | None:
        """The same, locked until the transaction ends."""
        statement = select(AreaSet).where(AreaSet.id == id).with_for_update()
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def members(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[Membership]]:
        """The memberships of all days of each of these sets, in the order in which they came."""
        found: dict[UUID, list[Membership]] = {one: [] for one in ids}
        statement = select(AreaSetMember).where(AreaSetMember.area_set_id.in_(ids))
        for row in await self._session.scalars(statement.order_by(AreaSetMember.area_set_id, AreaSetMember.number)):
            one = Membership(row.area, row.since, row.until, row.begun_by, row.ended_by)
            found[row.area_set_id].append(one)
        return found

    async def set_members(self, id: UUID, members: Sequence[Membership]) -> None:
        """The memberships of a set are these."""
        await self._session.execute(delete(AreaSetMember).where(AreaSetMember.area_set_id == id))
        rows = [{"area_set_id": id, "number": number, **asdict(one)} for number, one in enumerate(members, 1)]
        if rows:
            await self._session.execute(insert(AreaSetMember), rows)

    async def all_in(self, villages: Collection[str]) -> Sequence[AreaSet]:
        """Sets in use that have a member now in one of these villages, locked in id order."""
        here = or_(false(), *(inside(AreaSetMember.area, one) for one in villages))
        member = exists().where(AreaSetMember.area_set_id == AreaSet.id, AreaSetMember.until.is_(None), here)
        return await self._all_locked(member, AreaSet.status == str(IN_USE))

    async def all_of_change(self, change: UUID) -> Sequence[AreaSet]:
        """Sets of which a member came or went with a change of areas, locked in id order."""
        touched = or_(AreaSetMember.begun_by == change, AreaSetMember.ended_by == change)
        return await self._all_locked(exists().where(AreaSetMember.area_set_id == AreaSet.id, touched))

    async def meeting(self, kind: str, areas: Collection[str], *, but: UUID) -> Sequence[Membership]:
        """Memberships of other sets of the kind, of all days, in areas that meet one of these."""
        statement = (
            select(AreaSetMember)
            .join(AreaSet, AreaSet.id == AreaSetMember.area_set_id)
            .where(AreaSet.kind == kind, AreaSet.status != str(WITHDRAWN), AreaSet.id != but, _meets(areas))
        )
        rows = (await self._session.scalars(statement)).all()
        return [Membership(row.area, row.since, row.until) for row in rows]

    async def standing(self, areas: Collection[str]) -> Sequence[str]:
        """Those of the areas in which a set in use has a member now."""
        statement = (
            select(AreaSetMember.area)
            .join(AreaSet, AreaSet.id == AreaSetMember.area_set_id)
            .where(AreaSet.status == str(IN_USE), AreaSetMember.until.is_(None), _meets(areas))
        )
        found = (await self._session.scalars(statement)).all()
        return [area for area in sorted(areas) if any(one.startswith(area) for one in found)]

    async def known(self, area: str, kind: str, compared: str, *, but: UUID) -> bool:
        """Whether another one in use of the kind, held by the same area, has that name."""
        same = exists().where(
            AreaSet.area == area,
            AreaSet.kind == kind,
            AreaSet.compared == compared,
            AreaSet.status == str(IN_USE),
            AreaSet.id != but,
        )
        return bool(await self._session.scalar(select(same)))

    async def page(self, scope: Scope, wanted: AreaSetFilter, *, after: UUID | None, limit: int) -> Sequence[AreaSet]:
        """Sets in scope, by id."""
        statement = select(AreaSet).where(*_matches(scope, wanted)).order_by(AreaSet.id).limit(limit)
        if after is not None:
            statement = statement.where(AreaSet.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: Scope, wanted: AreaSetFilter) -> int:
        """How many `page` lists in all."""
        return await self._session.scalar(select(func.count(AreaSet.id)).where(*_matches(scope, wanted))) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[AreaSet]:
        """The next sets by id, locked until the transaction ends."""
        statement = select(AreaSet).order_by(AreaSet.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(AreaSet.id > after)
        return (await self._session.scalars(statement)).all()

    async def _all_locked(self, *which: ColumnElement[bool]) -> Sequence[AreaSet]:
        statement = select(AreaSet).where(*which).order_by(AreaSet.id).with_for_update()
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).all()


def _meets(areas: Collection[str]) -> ColumnElement[bool]:
    """Members that are one of the areas, lie in one of them, or hold one of them."""
    above = {one[:VILLAGE_DIGITS] for one in areas}.union(areas)
    within = (inside(AreaSetMember.area, one) for one in areas)
    return or_(false(), AreaSetMember.area.in_(above), *within)


def _matches(scope: Scope, wanted: AreaSetFilter) -> list[Any]:
    conditions: list[Any] = [scope.where(AreaSet.area)]
    if wanted.kind is not None:
        conditions.append(AreaSet.kind == str(wanted.kind))
    if wanted.status is not None:
        conditions.append(AreaSet.status == str(wanted.status))
    if wanted.on is not None:
        member = exists().where(
            AreaSetMember.area_set_id == AreaSet.id,
            AreaSetMember.since <= wanted.on,
            or_(AreaSetMember.until.is_(None), AreaSetMember.until > wanted.on),
        )
        conditions += [AreaSet.status != str(WITHDRAWN), member]
    return conditions
