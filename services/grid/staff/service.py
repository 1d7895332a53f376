"""Staff of grids (网格人员): appointed, ended, undone step by step; who answers for a grid on a day."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from services.grid.grids.repository import GridRepository
from services.grid.staff.domain import (
    TRANSITIONS,
    NewStaff,
    StaffEnded,
    StaffFilter,
    StaffGridEnded,
    StaffGridUnknown,
    StaffNothingToUndo,
    StaffStatus,
    check,
)
from services.grid.staff.models import GridStaff
from services.grid.staff.repository import StaffRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import FieldError, Invalid, NotFound, VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

MANAGE, READ = "grid.manage", "grid.read"


class StaffFollower(Protocol):
    """Who must learn, in the same transaction, that others may answer for a grid from now on."""

    async def follow_staff(self, grid: str) -> None: ...


class Staff:
    """Use cases of staff. That nobody else answers for a grid on a day is the database's rule."""

    def __init__(self, context: UseCaseContext, followers: Sequence[StaffFollower] = ()) -> None:
        self._followers = followers
        self._session = context.session
        self._clock = context.clock
        self._grids = GridRepository(context.session)
        self._staff = StaffRepository(context.session)

    async def appoint(self, principal: Principal, new: NewStaff) -> GridStaff:
        """Appoint somebody. Raises `NotFound` for a grid outside the caller's areas, `Invalid`, `StaffGridUnknown`.

        `ResponsibleTaken` and `SubstituteTaken` are the database's, also against who appoints at the same time.
        """
        principal.scope(MANAGE).require(new.grid)
        check(new, today(self._clock))
        grid = await self._grids.held(new.grid)
        if grid is None or grid.valid_to is not None or new.since < grid.valid_from:
            raise StaffGridUnknown.at("grid", subject=new.grid)
        staff = GridStaff(
            id=new_id(),
            version=1,
            grid=new.grid,
            worker=new.worker,
            post=str(new.post),
            employment=None if new.employment is None else str(new.employment),
            duty=str(new.duty),
            since=new.since,
            until=new.until,
            planned_until=new.until,
            status=str(StaffStatus.STANDING),
            former=[],
            recorded_by=principal.subject,
            recorded_at=self._clock.now(),
        )
        self._staff.add(staff)
        await self._staff.flush()
        await self._tell(staff.grid)
        return staff

    async def end(self, principal: Principal, id: UUID, *, until: date, expected: Seen = None) -> GridStaff:
        """End an appointment before its time. `until`: the first day on which it holds no more.

        Raises `NotFound`, `VersionMismatch`, `StaffEnded`, `Invalid` for a day before it began or after its end.
        """
        staff = await self._managed(principal, id, expected)
        if staff.status != StaffStatus.STANDING or staff.until != staff.planned_until:
            raise StaffEnded(id)
        if until < staff.since or (staff.until is not None and until >= staff.until):
            sentence = "结束日期须不早于起始日期、早于原定截止日期"
            raise Invalid(errors=[FieldError("until", "outside_the_term", sentence)])
        return await self._moved(staff, until=until)

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen = None) -> GridStaff:
        """Take the last step back: an end that was entered, or else the appointment itself.

        Raises `NotFound`, `VersionMismatch`, `StaffNothingToUndo`, and `StaffGridEnded` for an end in a grid that has
        ended too: who answers for what carries it on was appointed there.
        """
        found = await self._staff.get(id)
        grid = None if found is None else await self._grids.held(found.grid)
        staff = await self._managed(principal, id, expected)
        if StaffStatus.WITHDRAWN not in TRANSITIONS[StaffStatus(staff.status)]:
            raise StaffNothingToUndo(id)
        if staff.until != staff.planned_until:
            if grid is None or grid.code != staff.grid or grid.valid_to is not None:
                raise StaffGridEnded(id)
            return await self._moved(staff, until=staff.planned_until)
        return await self._moved(staff, status=str(StaffStatus.WITHDRAWN))

    async def responsible(self, principal: Principal, grid: str, on: date | None) -> GridStaff | None:
        """Who answers for a grid on a day, today if None; None if nobody does. Raises `NotFound`."""
        principal.scope(READ).require(grid)
        if await self._grids.get(grid) is None:
            raise NotFound(grid)
        return await self._staff.responsible(grid, on or today(self._clock))

    async def read(self, principal: Principal, id: UUID) -> GridStaff:
        """One appointment. Raises `NotFound`."""
        staff = await self._staff.get(id)
        if staff is None or not principal.scope(READ).allows(staff.grid):
            raise NotFound(id)
        return staff

    async def page(
        self,
        principal: Principal,
        wanted: StaffFilter,
        *,
        area: str | None = None,
        after: UUID | None = None,
        limit: int = 50,
    ) -> Sequence[GridStaff]:
        """Appointments in grids of the caller's areas, the oldest first. Raises `NotFound` for an area outside."""
        scope = principal.scope(READ, within=area).where(GridStaff.grid)
        return await self._staff.page(scope, wanted, after=after, limit=limit)

    async def count(self, principal: Principal, wanted: StaffFilter, *, area: str | None = None) -> int:
        """How many a complete list with the same filter would show."""
        return await self._staff.count(principal.scope(READ, within=area).where(GridStaff.grid), wanted)

    async def _managed(self, principal: Principal, id: UUID, expected: Seen) -> GridStaff:
        staff = await self._staff.locked(id)
        if staff is None or not principal.scope(MANAGE).allows(staff.grid):
            raise NotFound(id)
        require_version(staff, expected)
        return staff

    async def _moved(self, staff: GridStaff, **changes: object) -> GridStaff:
        moved = await compare_and_set(self._session, staff, **changes)
        if moved is None:
            raise VersionMismatch(staff.id)
        await self._tell(moved.grid)
        return moved

    async def _tell(self, grid: str) -> None:
        for follower in self._followers:
            await follower.follow_staff(grid)
