"""The tree of areas: imported as published, renamed by a newer edition, abolished with successors."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas import repository
from services.registry.areas.domain import (
    AreaAlreadyAbolished,
    AreaNotFound,
    Division,
    UnknownArea,
    read_divisions,
)
from services.registry.areas.models import Area
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import Clock, today
from shared.contracts.registry.areas import AreaAbolished, AreaOpened, AreaRenamed, AreaRestated, AreaState
from shared.messaging.outbox import Outbox
from shared.reference.areas import COUNTY_DIGITS


def state_of(area: Area) -> AreaState:
    """What others may know: everything."""
    return AreaState(
        id=area.code,
        version=area.version,
        code=area.code,
        name=area.name,
        level=area.level,
        kind=area.kind,
        parent=area.parent,
        valid_from=area.valid_from,
        valid_to=area.valid_to,
        successors=tuple(area.successors),
        village_type=area.village_type,
        opening_day=area.opening_day,
    )


class ImportOutcome:
    """How many lines of a division file were new, renamed, or as before."""

    def __init__(self, opened: int, renamed: int, unchanged: int) -> None:
        self.opened = opened
        self.renamed = renamed
        self.unchanged = unchanged


class Areas:
    """Use cases of areas."""

    def __init__(self, session: AsyncSession, outbox: Outbox, clock: Clock) -> None:
        self._areas = repository.Areas(session)
        self._outbox = outbox
        self._clock = clock

    async def import_file(
        self,
        principal: Principal,
        rows: Iterable[Mapping[str, str | None]],
        *,
        valid_from: date | None = None,
        opening_day: date | None = None,
    ) -> ImportOutcome:
        """Take over a division file. What stands already is renamed where the name differs, else left.

        Areas above the caller's own (the province of a county) come with the file and are nobody's to forbid. Raises
        `NotFound` where the file reaches beside the caller's scope.
        """
        divisions = read_divisions(rows)
        scope = principal.scope("area.manage")
        for division in divisions:
            if not _contains_any(division.code, scope):
                scope.require(division.code)
        return await self.take_over(divisions, valid_from=valid_from, opening_day=opening_day)

    async def take_over(
        self, divisions: Sequence[Division], *, valid_from: date | None = None, opening_day: date | None = None
    ) -> ImportOutcome:
        """The same for a trusted door (the seed). `opening_day` is set once, on counties that are new."""
        known = await self._areas.all_locked([division.code for division in divisions])
        day = valid_from or opening_day or today(self._clock)
        fresh = [
            AreaState(
                id=one.code,
                version=1,
                code=one.code,
                name=one.name,
                level=one.level,
                kind=one.kind,
                parent=one.parent,
                valid_from=day,
                opening_day=(opening_day or day) if one.level == COUNTY_DIGITS else None,
            )
            for one in divisions
            if one.code not in known
        ]
        await self._areas.add([{**state.model_dump(exclude={"id", "successors"}), "successors": []} for state in fresh])
        for state in fresh:
            self._outbox.add(AreaOpened(state=state))
        renamed = {one.code: one.name for one in divisions if one.code in known and known[one.code].name != one.name}
        await self._areas.rename(renamed)
        for code, name in renamed.items():
            state = state_of(known[code])
            changed = state.model_copy(update={"name": name, "version": state.version + 1})
            self._outbox.add(AreaRenamed(state=changed))
        return ImportOutcome(len(fresh), len(renamed), len(divisions) - len(fresh) - len(renamed))

    async def abolish(self, principal: Principal, code: str, *, valid_to: date, successors: Sequence[str]) -> Area:
        """End a code. Its residents stay where they are written; they move by events."""
        principal.scope("area.manage").require(code)
        heirs = await self._areas.all_locked([*successors, code])
        if code not in heirs:
            raise AreaNotFound(code)
        if code in successors or any(heir not in heirs or heirs[heir].valid_to for heir in successors):
            raise UnknownArea
        if valid_to < heirs[code].valid_from:
            raise UnknownArea
        area = await self._areas.abolish(code, valid_to=valid_to, successors=sorted(set(successors)))
        if area is None:
            raise AreaAlreadyAbolished(code)
        self._outbox.add(AreaAbolished(state=state_of(area)))
        return area

    async def roots(self) -> Sequence[Area]:
        """Where the tree begins."""
        return await self._areas.roots()

    async def read(self, code: str) -> Area:
        """Raises `AreaNotFound`."""
        area = await self._areas.one(code)
        if area is None:
            raise AreaNotFound(code)
        return area

    async def children(self, code: str, *, on: date | None) -> Sequence[Area]:
        """One step down, as of a day or all. Raises `AreaNotFound`."""
        await self.read(code)
        return await self._areas.children(code, on=on)

    async def subtree(self, code: str, *, on: date | None) -> Sequence[Area]:
        """The area and all below it, as of a day or all. Raises `AreaNotFound`."""
        areas = await self._areas.subtree(code, on=on)
        if not areas:
            raise AreaNotFound(code)
        return areas


def _contains_any(code: str, scope: Scope) -> bool:
    """Whether the area lies above one of the scope's areas."""
    return any(granted.startswith(code) for granted in scope.areas)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[AreaRestated]:
    """The next areas again."""
    return [AreaRestated(state=state_of(area)) for area in await repository.Areas(session).after(after, limit)]
