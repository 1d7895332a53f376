"""Duties of towns (履职事项清单): entered by the county, ended, and asked for when an incident is dispatched."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from services.grid.dictionaries.service import Dictionaries
from services.grid.duties.domain import (
    DutyAreaUnknown,
    DutyCategoryUnknown,
    DutyNotEnded,
    require_end,
    require_listed,
)
from services.grid.duties.models import Duty
from services.grid.duties.repository import DutyRepository
from services.grid.grids.service.standing import require_standing
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.duties import DutyKind
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import CodeUnlisted, NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

MANAGE = "duty.manage"


class Duties:
    """Use cases of lists of duties. `departments`: the county's."""

    def __init__(self, context: UseCaseContext, dictionaries: Dictionaries, departments: Collection[str]) -> None:
        self._session = context.session
        self._clock = context.clock
        self._duties = DutyRepository(context.session)
        self._dictionaries = dictionaries
        self._departments = departments

    async def enter(
        self, principal: Principal, *, area: str, category: str, kind: DutyKind, lead: str | None, valid_from: date
    ) -> Duty:
        """Enter whose a category is in a town, or in all towns of a county that have no entry of their own.

        Raises `NotFound` outside the caller's areas, `DutyAreaWrong`, `DutyLeadMissing`, `CodeUnlisted`,
        `DutyAreaUnknown`, `NotYet` for an area that has not arrived here, `DutyCategoryUnknown`, `DutyTaken`.
        """
        principal.scope(MANAGE).require(area)
        require_listed(area, kind, lead)
        await require_standing(self._session, area, today(self._clock), DutyAreaUnknown)
        if lead is not None and lead not in self._departments:
            raise CodeUnlisted.at("lead")
        if category not in {one.code for one in (await self._dictionaries.in_force()).terms.categories}:
            raise DutyCategoryUnknown.at("category")
        duty = Duty(
            id=new_id(),
            version=1,
            area=area,
            category=category,
            kind=kind.value,
            lead=lead,
            valid_from=valid_from,
            valid_to=None,
            entered_by=principal.subject,
            entered_at=self._clock.now(),
        )
        await self._duties.add(duty)
        return duty

    async def end(self, principal: Principal, id: UUID, on: date, *, expected: Seen = None) -> Duty:
        """End an entry: `on` is the first day on which it holds no more; on its first day, it never did.

        Raises `NotFound`, `VersionMismatch`, `DutyEndWrong`.
        """
        duty = await self._seen(principal, id, expected)
        require_end(duty.valid_from, duty.valid_to, on, id)
        return await self._changed(duty, valid_to=on)

    async def resume(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Duty:
        """Take the end of an entry back. Raises `NotFound`, `VersionMismatch`, `DutyNotEnded`, `DutyTaken`."""
        duty = await self._seen(principal, id, expected)
        if duty.valid_to is None:
            raise DutyNotEnded(id)
        return await self._changed(duty, valid_to=None)

    async def of(self, area: str, category: str) -> Duty | None:
        """What the list says today of a category in an area: its town's list, else its county's; None: nothing."""
        return await self._duties.in_force(area, category, today(self._clock))

    async def page(self, *, area: str | None, after: UUID | None = None, limit: int = 50) -> Sequence[Duty]:
        """Entries, the oldest first, ended ones too; `area`: those that hold there, and those of areas in it.

        Whose a matter is, is no secret of any place.
        """
        return await self._duties.page(area, after=after, limit=limit)

    async def count(self, *, area: str | None) -> int:
        """How many `page` gives in all."""
        return await self._duties.count(area)

    async def _seen(self, principal: Principal, id: UUID, expected: Seen) -> Duty:
        duty = await self._duties.locked(id)
        if duty is None or not principal.scope(MANAGE).allows(duty.area):
            raise NotFound(id)
        require_version(duty, expected)
        return duty

    async def _changed(self, duty: Duty, *, valid_to: date | None) -> Duty:
        changed = await compare_and_set(self._session, duty, valid_to=valid_to)
        assert changed is not None, "the row is locked"
        return changed
